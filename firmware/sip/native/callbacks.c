/* Callbacks of pjsua2 that nothing here listens to. pjsua2 prepares each as C++ objects (whole messages as text among
 * them) and calls Python with it, two dozen times a call, before the base class ignores it: a tenth of a call's cost.
 */
#include "guard.h"

#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

static void (*call_state)(pjsua_call_id, pjsip_event *);

/* Legs know nothing of a call that is on its way to being early, confirmed or gone. */
static void on_call_state(pjsua_call_id id, pjsip_event *event)
{
    const pjsip_inv_session *inv = pjsua_var.calls[id].inv;

    if (inv == NULL || (inv->state != PJSIP_INV_STATE_CALLING && inv->state != PJSIP_INV_STATE_INCOMING &&
                        inv->state != PJSIP_INV_STATE_CONNECTING))
        call_state(id, event);
}

void fx_callbacks_quiet(void)
{
    pjsua_callback *callbacks = &pjsua_var.ua_cfg.cb;

    call_state = callbacks->on_call_state;
    callbacks->on_call_state = on_call_state;
    callbacks->on_call_tsx_state = NULL;
    callbacks->on_call_media_transport_state = NULL;
    callbacks->on_call_sdp_created = NULL;
    callbacks->on_stream_precreate = NULL;
    callbacks->on_stream_created2 = NULL;
    callbacks->on_stream_destroyed = NULL;
}
