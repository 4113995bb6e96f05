/* What the call loop must know of pjsip to sleep until there is something to do. */
#include "fxsip.h"

#include <pjsua-lib/pjsua.h>

int fx_loop_fd(void)
{
    pj_ioqueue_t *queue = pjsip_endpt_get_ioqueue(pjsua_get_pjsip_endpt());

    return *(int *)pj_ioqueue_get_os_handle(queue); /* an epoll descriptor can be waited for as others can */
}

int fx_loop_wait_ms(int most)
{
    pj_timer_heap_t *heap = pjsip_endpt_get_timer_heap(pjsua_get_pjsip_endpt());
    pj_time_val at, now;
    long wait_ms;

    if (pj_timer_heap_count(heap) == 0 || pj_timer_heap_earliest_time(heap, &at) != PJ_SUCCESS)
        return most;
    pj_gettickcount(&now);
    PJ_TIME_VAL_SUB(at, now);
    wait_ms = PJ_TIME_VAL_MSEC(at);
    return (int)PJ_MIN(PJ_MAX(wait_ms, 0), most);
}
