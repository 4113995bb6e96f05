/* What pjsua2 does not offer about a call's audio. Runs on the call loop's thread. */
#include "fxmedia.h"

#include <pjsua-lib/pjsua_internal.h>

int fx_call_source(int call_id, const char *ip)
{
    pj_str_t text = pj_str((char *)ip);
    pjsua_call *call;

    if (call_id < 0 || call_id >= (int)pjsua_var.ua_cfg.max_calls)
        return -1;
    call = &pjsua_var.calls[call_id];
    for (unsigned i = 0; i < call->med_cnt; i++) {
        pjmedia_stream *stream = call->media[i].type == PJMEDIA_TYPE_AUDIO ? call->media[i].strm.a.stream : NULL;
        pj_sockaddr address;

        if (stream && pj_sockaddr_parse(pj_AF_UNSPEC(), 0, &text, &address) == PJ_SUCCESS)
            ((pjmedia_stream_common *)stream)->rem_sig_addr = address;
    }
    return 0;
}
