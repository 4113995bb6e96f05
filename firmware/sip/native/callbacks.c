/* Callbacks of pjsua2 that nothing here listens to. pjsua2 prepares each as C++ objects (whole messages as text among
 * them) and calls Python with it, two dozen times a call, before the base class ignores it: a tenth of a call's cost.
 */
#include "guard.h"

#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

static void (*call_state)(pjsua_call_id, pjsip_event *);
static fx_on_over call_over;

void fx_on_over_set(fx_on_over told)
{
    call_over = told;
}

/* Legs know nothing of a call that is on its way to being early, confirmed or gone. When it is gone, pjsua frees its
 * number right after this, so that this is the last moment at which ~Call can only mean its own call.
 */
static void on_call_state(pjsua_call_id id, pjsip_event *event)
{
    const pjsip_inv_session *inv = pjsua_var.calls[id].inv;
    bool gone = inv != NULL && inv->state == PJSIP_INV_STATE_DISCONNECTED;

    if (inv != NULL && (inv->state == PJSIP_INV_STATE_CALLING || inv->state == PJSIP_INV_STATE_INCOMING ||
                        inv->state == PJSIP_INV_STATE_CONNECTING))
        return;
    call_state(id, event);
    if (gone)
        fx_reinvite_forget(id);
    if (gone && call_over != NULL)
        call_over();
}

void fx_callbacks_quiet(void)
{
    pjsua_callback *callbacks = &pjsua_var.ua_cfg.cb;

    call_state = callbacks->on_call_state;
    callbacks->on_call_state = on_call_state;
    callbacks->on_call_tsx_state = fx_on_tsx_state;
    callbacks->on_call_media_transport_state = NULL;
    callbacks->on_call_sdp_created = fx_on_sdp_created;
    callbacks->on_stream_precreate = NULL;
    callbacks->on_stream_created2 = NULL;
    callbacks->on_stream_destroyed = NULL;
}
