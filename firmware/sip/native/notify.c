/* NOTIFY, sent for Python: it keeps the dialogs of subscriptions itself, because they outlive the process (RFC 6665).
 * Here is the transaction; its end is told by the token.
 */
#include "guard.h"

static fx_on_notified told;

void fx_notified_set(fx_on_notified on_notified)
{
    told = on_notified;
}

static void ended(void *token, pjsip_event *event)
{
    int status = PJSIP_SC_REQUEST_TIMEOUT;

    if (event->type == PJSIP_EVENT_TSX_STATE)
        status = event->body.tsx_state.tsx->status_code;
    if (told != NULL && fx_on_loop())
        told((uint32_t)(uintptr_t)token, status);
}

/* The tags are ours to set: the library would make one up. An empty one is none, as before a dialog. */
static void set_tags(pjsip_tx_data *tdata, const struct fx_notify *notify)
{
    pjsip_from_hdr *from = pjsip_msg_find_hdr(tdata->msg, PJSIP_H_FROM, NULL);
    pjsip_to_hdr *to = pjsip_msg_find_hdr(tdata->msg, PJSIP_H_TO, NULL);

    if (notify->from_tag[0] != '\0')
        pj_strdup2(tdata->pool, &from->tag, notify->from_tag);
    if (notify->to_tag[0] != '\0')
        pj_strdup2(tdata->pool, &to->tag, notify->to_tag);
}

static void set_body(pjsip_tx_data *tdata, const struct fx_notify *notify)
{
    pj_str_t type = pj_str((char *)notify->type), subtype = pj_str((char *)notify->subtype);
    pj_str_t text = pj_str((char *)notify->body);

    tdata->msg->body = pjsip_msg_body_create(tdata->pool, &type, &subtype, &text);
}

int fx_notify(const struct fx_notify *notify)
{
    pj_str_t target = pj_str((char *)notify->target), from = pj_str((char *)notify->from_uri);
    pj_str_t to = pj_str((char *)notify->to_uri), contact = pj_str((char *)notify->contact);
    pj_str_t call_id = pj_str((char *)notify->call_id);
    pjsip_method method;
    pjsip_tx_data *tdata;

    if (fx_endpoint == NULL || !fx_on_loop())
        return -1;
    pjsip_method_init_np(&method, &(pj_str_t){"NOTIFY", 6});
    if (pjsip_endpt_create_request(fx_endpoint, &method, &target, &from, &to, &contact, &call_id,
                                   (int)notify->cseq, NULL, &tdata) != PJ_SUCCESS)
        return -1;
    set_tags(tdata, notify);
    fx_add_headers(tdata->pool, (pjsip_hdr *)&tdata->msg->hdr, notify->headers);
    if (notify->body[0] != '\0')
        set_body(tdata, notify);
    return pjsip_endpt_send_request(fx_endpoint, tdata, -1, (void *)(uintptr_t)notify->token, ended) == PJ_SUCCESS
               ? 0
               : -1;
}
