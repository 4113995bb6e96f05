/* A re-INVITE that tells something in a header and changes nothing of the audio: it offers what is agreed already, so
 * that pjsua leaves the stream as it is. pjsua's own would offer every codec anew.
 */
#include "guard.h"

#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

enum wait { NONE, FOR_OTHERS, FOR_OURS };

static unsigned char waits[PJSUA_MAX_CALLS]; /* enum wait, by call */
static int offering = PJSUA_INVALID_ID;      /* the call whose offer is being made */
static fx_on_reinvited reinvited;

void fx_reinvited_set(fx_on_reinvited told)
{
    reinvited = told;
}

void fx_reinvite_forget(int call_id)
{
    waits[call_id] = NONE;
}

void fx_on_sdp_created(int id, pjmedia_sdp_session *sdp, pj_pool_t *pool, const pjmedia_sdp_session *remote)
{
    const pjmedia_sdp_session *agreed;

    if (id != offering || remote != NULL ||
        pjmedia_sdp_neg_get_active_local(pjsua_var.calls[id].inv->neg, &agreed) != PJ_SUCCESS)
        return;
    for (unsigned i = 0; i < PJ_MIN(sdp->media_count, agreed->media_count); i++)
        sdp->media[i] = pjmedia_sdp_media_clone(pool, agreed->media[i]);
}

/* Over: a final answer to ours, the ACK to theirs. pjsip forgets the latter a moment after it has told of it. */
static bool is_over(const pjsip_transaction *tsx)
{
    if (tsx->role == PJSIP_ROLE_UAC)
        return tsx->state == PJSIP_TSX_STATE_COMPLETED || tsx->state == PJSIP_TSX_STATE_TERMINATED;
    return tsx->state == PJSIP_TSX_STATE_CONFIRMED || tsx->state == PJSIP_TSX_STATE_TERMINATED;
}

void fx_on_tsx_state(int id, pjsip_transaction *tsx, pjsip_event *event)
{
    bool ours;

    (void)event;
    if (waits[id] == NONE || tsx->method.id != PJSIP_INVITE_METHOD || !is_over(tsx))
        return;
    ours = waits[id] == FOR_OURS && tsx->role == PJSIP_ROLE_UAC;
    waits[id] = NONE;
    if (reinvited != NULL)
        reinvited(id, ours ? tsx->status_code : 0);
}

int fx_reinvite(int call_id, const char *name, const char *value)
{
    pj_str_t header_name = pj_str((char *)name), header_value = pj_str((char *)value);
    pjsua_call *call = &pjsua_var.calls[call_id];
    pjsip_generic_string_hdr header;
    pjsua_call_setting setting;
    pjsua_msg_data message;
    pj_status_t status;

    if (call->inv == NULL || call->inv->state != PJSIP_INV_STATE_CONFIRMED)
        return -1;
    if (call->inv->invite_tsx != NULL || pjsua_call_media_is_changing(call) ||
        pjmedia_sdp_neg_get_state(call->inv->neg) != PJMEDIA_SDP_NEG_STATE_DONE) {
        if (waits[call_id] == NONE)
            waits[call_id] = FOR_OTHERS;
        return 1;
    }
    pjsua_call_setting_default(&setting);
    setting.vid_cnt = setting.txt_cnt = 0;
    pjsua_msg_data_init(&message);
    pjsip_generic_string_hdr_init2(&header, &header_name, &header_value);
    pj_list_push_back(&message.hdr_list, &header);
    offering = call_id;
    status = pjsua_call_reinvite2(call_id, &setting, &message);
    offering = PJSUA_INVALID_ID;
    if (status == PJ_SUCCESS)
        waits[call_id] = FOR_OURS;
    return status == PJ_SUCCESS ? 0 : -1;
}
