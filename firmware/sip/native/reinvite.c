/* A re-INVITE that tells something in a header and changes nothing of the audio: it offers what is agreed already, so
 * that pjsua leaves the stream as it is. pjsua's own would offer every codec anew.
 */
#include "guard.h"

#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

enum wait { NONE, TO_TRY_AGAIN, FOR_OURS };

static unsigned char waits[PJSUA_MAX_CALLS]; /* enum wait, by call */
static int offering = PJSUA_INVALID_ID;      /* the call whose offer is being made */

void fx_reinvite_forget(int id)
{
    waits[id] = NONE;
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

/* Over: a final answer to ours, the ACK to a refusal of ours. pjsip forgets the latter a moment after it has told. */
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
    ours = tsx->role == PJSIP_ROLE_UAC && (waits[id] == FOR_OURS || tsx->status_code == PJSIP_SC_REQUEST_PENDING);
    waits[id] = NONE;
    fx_call_reinvited(id, ours ? tsx->status_code : 0);
}

/* The ACK to our 200 is no event of the transaction, which lasts for half a minute more: pjsip forgets it after this. */
void fx_reinvite_on_ack(pjsip_dialog *dialog)
{
    const pjsua_call *call = dialog->mod_data[pjsua_var.mod.id];

    if (call == NULL || waits[call->index] != TO_TRY_AGAIN)
        return;
    waits[call->index] = NONE;
    fx_call_reinvited(call->index, 0);
}

int fx_call_reinvite(int id, const char *headers)
{
    pjsua_call_setting setting;
    pjsua_msg_data message;
    pjsua_call *call;
    pj_pool_t *pool;
    pj_status_t status;

    if (id < 0 || pjsua_var.calls[id].inv == NULL || pjsua_var.calls[id].inv->state != PJSIP_INV_STATE_CONFIRMED)
        return PJ_EINVALIDOP;
    call = &pjsua_var.calls[id];
    if (call->inv->invite_tsx != NULL || pjsua_call_media_is_changing(call) ||
        pjmedia_sdp_neg_get_state(call->inv->neg) != PJMEDIA_SDP_NEG_STATE_DONE) {
        waits[id] = TO_TRY_AGAIN;
        return FX_PENDING;
    }
    pool = fx_message_begin(&message, headers);
    fx_audio_only(&setting);
    offering = id;
    status = pjsua_call_reinvite2(id, &setting, &message);
    offering = PJSUA_INVALID_ID;
    pj_pool_release(pool);
    if (status == PJ_SUCCESS)
        waits[id] = FOR_OURS;
    return status;
}
