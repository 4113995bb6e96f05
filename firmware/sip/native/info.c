/* Keys by INFO, in both forms that telephones send: application/dtmf-relay ("Signal=5") and application/dtmf (the key
 * alone). Either may give a key as the number of its event, 10 for * and 11 for #. pjsua knows the first form only, and
 * takes 10 and 11 for the key 1; what is answered here it leaves alone.
 */
#include "guard.h"

#include <ctype.h>
#include <pjsua-lib/pjsua.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define BODY_MAX 128

/* "5", "*" or "10"; '\0' for what is no key. */
static char key_of(const char *text)
{
    static const char events[] = "0123456789*#ABCD"; /* RFC 4733 table 3 */
    unsigned long number;
    char *end;

    text += strspn(text, " \t");
    if (!isdigit((unsigned char)*text))
        return *text != '\0' && strchr("*#ABCDabcd", *text) ? (char)toupper((unsigned char)*text) : '\0';
    number = strtoul(text, &end, 10);
    return number < sizeof(events) - 1 && strchr(" \t\r\n;", *end) ? events[number] : '\0';
}

static const char *signal_in(const char *body)
{
    for (const char *line = body; line != NULL; line = strchr(line, '\n')) {
        line += strspn(line, "\r\n \t");
        if (strncasecmp(line, "Signal", 6) == 0) {
            line += 6 + strspn(line + 6, " \t");
            return *line == '=' ? line + 1 : "";
        }
    }
    return "";
}

static void respond(pjsip_transaction *tsx, pjsip_rx_data *rdata, int status)
{
    pjsip_tx_data *tdata;

    if (pjsip_endpt_create_response(tsx->endpt, rdata, status, NULL, &tdata) == PJ_SUCCESS)
        pjsip_tsx_send_msg(tsx, tdata);
}

void fx_on_info(int id, pjsip_transaction *tsx, const pjsip_event *event)
{
    const pjsip_msg_body *body;
    char text[BODY_MAX + 1], key;
    pjsip_rx_data *rdata;
    bool relay;

    if (tsx->role != PJSIP_ROLE_UAS || tsx->state != PJSIP_TSX_STATE_TRYING ||
        pj_stricmp2(&tsx->method.name, "INFO") != 0)
        return;
    rdata = event->body.tsx_state.src.rdata;
    body = rdata->msg_info.msg->body;
    if (body == NULL || body->len == 0) { /* asks whether the call is still there (RFC 2976 2.2) */
        respond(tsx, rdata, PJSIP_SC_OK);
        return;
    }
    relay = pj_stricmp2(&body->content_type.subtype, "dtmf-relay") == 0;
    if (pj_stricmp2(&body->content_type.type, "application") != 0 ||
        !(relay || pj_stricmp2(&body->content_type.subtype, "dtmf") == 0))
        return;
    snprintf(text, sizeof(text), "%.*s", (int)PJ_MIN(body->len, BODY_MAX), (const char *)body->data);
    key = key_of(relay ? signal_in(text) : text);
    respond(tsx, rdata, key == '\0' ? PJSIP_SC_BAD_REQUEST : PJSIP_SC_OK);
    if (key != '\0')
        fx_call_key(id, key, PJSUA_DTMF_METHOD_SIP_INFO);
}
