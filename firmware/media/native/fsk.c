/* FSK sender for caller ID: a prepared string of line bits (seizure, mark, start and stop bits included) as Bell 202
 * or V.23 audio. What the bits mean is decided in firmware/telephony/callerid.py. */
#include "fxmedia.h"

#include <spandsp.h>
#include <string.h>

struct fsk {
    struct fx_port port;
    fsk_tx_state_t *modem;
    const uint8_t *bits; /* one a byte */
    unsigned count, at;
    int ended;
};

static int next_bit(void *user)
{
    struct fsk *fsk = user;

    return fsk->at < fsk->count ? fsk->bits[fsk->at++] : SIG_STATUS_END_OF_DATA;
}

static pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct fsk *fsk = (struct fsk *)base;
    unsigned n = PJMEDIA_PIA_SPF(&base->info);
    int got = 0;

    fx_silence(frame, n);
    if (!fsk->ended)
        got = fsk_tx(fsk->modem, frame->buf, (int)n);
    if (!fsk->ended && got < (int)n) {
        fsk->ended = 1;
        fx_event_post(fsk->port.id, FX_DONE, 0);
    }
    return PJ_SUCCESS;
}

static pj_status_t gone(pjmedia_port *base)
{
    struct fsk *fsk = (struct fsk *)base;

    if (fsk->modem)
        fsk_tx_free(fsk->modem);
    return fx_port_release(base);
}

void *fx_fsk_create(const uint8_t *bits, unsigned count, int v23, float level_dbm0, int *slot, uint32_t *id)
{
    struct fsk *fsk = fx_port_alloc("fsk", sizeof *fsk);
    uint8_t *copy;

    if (!fsk)
        return NULL;
    copy = pj_pool_alloc(fsk->port.pool, count);
    memcpy(copy, bits, count);
    fsk->bits = copy;
    fsk->count = count;
    fsk->modem = fsk_tx_init(NULL, &preset_fsk_specs[v23 ? FSK_V23CH1 : FSK_BELL202], next_bit, fsk);
    fsk_tx_power(fsk->modem, level_dbm0);
    fsk->port.base.get_frame = get_frame;
    fsk->port.base.on_destroy = gone;
    *id = fsk->port.id;
    *slot = fx_port_add(&fsk->port);
    return *slot < 0 ? NULL : fsk;
}
