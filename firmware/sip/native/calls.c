/* What happens to calls, on pjsua's C functions; what is done with them is in verbs.c. pjsua2's Call objects are left
 * out: they prepare whole messages as text for callbacks that nobody listens to, cost a tenth of a call, and one that is
 * destroyed late hangs up the call that has got its number meanwhile.
 *
 * A call is known to Python by a number that no other call ever gets; pjsua's own index is given to the next call at
 * once. Everything but keys happens on the loop's thread.
 */
#include "fxmedia.h"
#include "guard.h"

#include <pjsua-lib/pjsua_internal.h>
#include <stdio.h>

static struct fx_call_events told;
static char sources[PJSUA_MAX_CALLS][FX_IP_TEXT]; /* where signalling comes from; audio may come from there too (NAT) */

void fx_call_source(int id, const char *ip)
{
    snprintf(sources[id], FX_IP_TEXT, "%s", ip);
}

static uint32_t number_of(pjsua_call_id id)
{
    return (uint32_t)(uintptr_t)pjsua_var.calls[id].user_data;
}

static bool is_early(const pjsua_call *call)
{
    return call->inv != NULL && call->inv->state == PJSIP_INV_STATE_EARLY && call->inv->role == PJSIP_ROLE_UAC;
}

/* pjsua calls back in between too, and from within its own hang-up. */
static void on_state(pjsua_call_id id, pjsip_event *event)
{
    pjsua_call *call = &pjsua_var.calls[id];
    bool gone = call->hanging_up || call->inv == NULL || call->inv->state == PJSIP_INV_STATE_DISCONNECTED;
    uint32_t number = number_of(id);

    (void)event;
    if (number == 0 || !fx_on_loop())
        return;
    if (gone) {
        fx_reinvite_forget(id);
        call->user_data = NULL; /* from now on the index is somebody else's */
        told.state(number, FX_CALL_GONE, (int)call->last_code);
    } else if (is_early(call)) {
        told.state(number, FX_CALL_EARLY, (int)call->last_code);
    } else if (call->inv->state == PJSIP_INV_STATE_CONFIRMED) {
        told.state(number, FX_CALL_UP, (int)call->last_code);
    }
}

static pjmedia_stream *stream_of(const pjsua_call_media *media)
{
    return media->type == PJMEDIA_TYPE_AUDIO ? media->strm.a.stream : NULL;
}

/* Audio may come from where the signalling comes from as well, until its source is locked (patch 0003). */
static void allow_source(pjmedia_stream *stream, const char *ip)
{
    pj_str_t text = pj_str((char *)ip);
    pj_sockaddr address;

    if (*ip != '\0' && pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &text, &address) == PJ_SUCCESS)
        ((pjmedia_stream_common *)stream)->rem_sig_addr = address;
}

static void tell_audio(pjsua_call_id id, uint32_t number)
{
    const pjsua_call *call = &pjsua_var.calls[id];

    for (unsigned i = 0; i < call->med_cnt; i++) {
        const pjsua_call_media *media = &call->media[i];
        pjmedia_stream *stream = stream_of(media);
        pjmedia_stream_info info;

        if (stream == NULL || (media->state != PJSUA_CALL_MEDIA_ACTIVE && media->state != PJSUA_CALL_MEDIA_REMOTE_HOLD))
            continue;
        allow_source(stream, sources[id]);
        if (pjmedia_stream_get_info(stream, &info) != PJ_SUCCESS)
            info.tx_event_pt = -1;
        told.audio(number, media->strm.a.conf_slot, media->state == PJSUA_CALL_MEDIA_REMOTE_HOLD, info.tx_event_pt > 0);
        return;
    }
    told.audio(number, -1, false, false);
}

static void on_audio(pjsua_call_id id)
{
    const pjsua_call *call = &pjsua_var.calls[id];
    uint32_t number = number_of(id);

    if (number == 0 || !fx_on_loop())
        return;
    tell_audio(id, number);
    if (is_early(call)) /* once more: pjsua tells of the state before there is audio */
        told.state(number, FX_CALL_EARLY, (int)call->last_code);
}

/* From a media thread, or for INFO from the loop's (info.c): the event queue takes it to the loop, and wakes it. */
void fx_call_key(int id, char key, int method)
{
    uint32_t number = number_of(id);

    if (number != 0)
        fx_event_post(number, FX_CALL_KEY, (int)((key & 0xff) | ((unsigned)method << 8)));
}

static void on_key(pjsua_call_id id, const pjsua_dtmf_event *event)
{
    if (!(event->flags & PJMEDIA_STREAM_DTMF_IS_UPDATE))
        fx_call_key(id, (char)event->digit, event->method);
}

static void on_transaction(pjsua_call_id id, pjsip_transaction *tsx, pjsip_event *event)
{
    fx_on_info(id, tsx, event);
    fx_on_tsx_state(id, tsx, event);
}

static pjsip_redirect_op on_moved(pjsua_call_id id, const pjsip_uri *target, const pjsip_event *event)
{
    char text[PJSIP_MAX_URL_SIZE];
    int length = pjsip_uri_print(PJSIP_URI_IN_REQ_URI, target, text, sizeof(text) - 1);

    (void)event;
    text[PJ_MAX(length, 0)] = '\0';
    if (number_of(id) != 0 && fx_on_loop())
        told.moved(number_of(id), text);
    return PJSIP_REDIRECT_STOP; /* pjsua would go past every permission */
}

void fx_call_reinvited(int id, int status)
{
    if (number_of(id) != 0 && fx_on_loop())
        told.reinvited(number_of(id), status);
}

/* What is too long is cut. */
static const char *display_name(pjsip_rx_data *rdata)
{
    pjsip_name_addr *from = (pjsip_name_addr *)rdata->msg_info.from->uri;
    char *name = pj_pool_alloc(rdata->tp_info.pool, FX_DISPLAY_MAX);
    pj_str_t shown;

    if (!PJSIP_URI_SCHEME_IS_SIP(from) && !PJSIP_URI_SCHEME_IS_SIPS(from) && !PJSIP_URI_SCHEME_IS_TEL(from))
        return "";
    shown = from->display;
    if (shown.slen >= FX_DISPLAY_MAX) {
        shown.slen = FX_DISPLAY_MAX - 1;
        while (shown.slen > 0 && (shown.ptr[shown.slen] & 0xc0) == 0x80) /* not within a letter of UTF-8 */
            shown.slen--;
    }
    if (!fx_str_copy(name, FX_DISPLAY_MAX, &shown))
        *name = '\0';
    return name;
}

static void on_invite(pjsua_acc_id account, pjsua_call_id id, pjsip_rx_data *rdata)
{
    const struct fx_identity *identity = fx_identity_of(&rdata->msg_info.cid->id);
    pj_pool_t *pool = rdata->tp_info.pool;
    uint32_t number = fx_next_id();
    struct fx_invite invite;

    (void)account;
    if (identity == NULL || !fx_on_loop()) { /* it has not come past the guard */
        pjsua_call_hangup(id, PJSIP_SC_FORBIDDEN, NULL, NULL);
        return;
    }
    invite = (struct fx_invite){
        .call_id = identity->call_id,
        .user = fx_user_of(pool, rdata->msg_info.msg->line.req.uri),
        .to_user = fx_user_of(pool, rdata->msg_info.to->uri),
        .from_user = fx_user_of(pool, rdata->msg_info.from->uri),
        .from_name = display_name(rdata),
        .replaces = identity->replaces,
        .username = identity->username,
        .trunk = identity->trunk,
        .ip = identity->ip,
    };
    pjsua_call_set_user_data(id, (void *)(uintptr_t)number);
    fx_call_source(id, identity->ip);
    if (!told.invite(number, id, &invite) && number_of(id) == number)
        pjsua_call_hangup(id, PJSIP_SC_INTERNAL_SERVER_ERROR, NULL, NULL);
}

void fx_calls_serve(const struct fx_call_events *events)
{
    pjsua_callback *callbacks = &pjsua_var.ua_cfg.cb;

    told = *events;
    callbacks->on_incoming_call = on_invite;
    callbacks->on_call_state = on_state;
    callbacks->on_call_media_state = on_audio;
    callbacks->on_dtmf_event = on_key;
    callbacks->on_call_redirected = on_moved;
    callbacks->on_call_tsx_state = on_transaction;
    callbacks->on_call_sdp_created = fx_on_sdp_created;
    /* The rest of pjsua2's own, each of which would take a call's number for an object. */
    callbacks->on_acc_find_for_incoming = NULL;
    callbacks->on_stream_precreate = NULL;
    callbacks->on_stream_created2 = NULL;
    callbacks->on_stream_destroyed = NULL;
    callbacks->on_call_rx_text = NULL;
    callbacks->on_call_transfer_request2 = NULL;
    callbacks->on_call_transfer_status = NULL;
    callbacks->on_call_replace_request2 = NULL;
    callbacks->on_call_replaced = NULL;
    callbacks->on_call_rx_offer = NULL;
    callbacks->on_call_rx_reinvite = NULL;
    callbacks->on_call_tx_offer = NULL;
    callbacks->on_call_media_transport_state = NULL;
    callbacks->on_media_event = NULL;
    callbacks->on_call_media_event = NULL;
    callbacks->on_create_media_transport = NULL;
    callbacks->on_create_media_transport_srtp = NULL;
    callbacks->on_rejected_incoming_call = NULL;
    callbacks->on_conf_op_completed = NULL;
    callbacks->on_pager2 = NULL;
    callbacks->on_pager_status2 = NULL;
    callbacks->on_typing2 = NULL;
}
