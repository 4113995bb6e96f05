/* Callbacks of pjsua2 that nothing here listens to. pjsua2 prepares each as C++ objects (whole messages as text among
 * them) and calls Python with it, two dozen times a call, before the base class ignores it: a tenth of a call's cost.
 */
#include "guard.h"

#include <pjsua-lib/pjsua.h>
#include <pjsua-lib/pjsua_internal.h>

void fx_callbacks_quiet(void)
{
    pjsua_callback *callbacks = &pjsua_var.ua_cfg.cb;

    callbacks->on_call_tsx_state = NULL;
    callbacks->on_call_media_transport_state = NULL;
    callbacks->on_call_sdp_created = NULL;
    callbacks->on_stream_precreate = NULL;
    callbacks->on_stream_created2 = NULL;
    callbacks->on_stream_destroyed = NULL;
}
