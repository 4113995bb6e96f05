/* A noise gate: passes what is connected to it on while somebody speaks, and silence otherwise.
 *
 * What comes in is looked at in frames of 10 ms and goes out AHEAD frames later, so that the gate is open when the
 * word that opened it begins. Levels are means of the samples' amount; a tone of 0 dBm0 has 14,500.
 */
#include "fxmedia.h"

#include <stdlib.h>
#include <string.h>

#define FRAME (FX_RATE / 100)
#define AHEAD 4           /* 40 ms: it opens three frames before what opened it, and rises within the first of them */
#define RING (AHEAD + 2)
#define HANG_FRAMES 40    /* 400 ms: pauses within a sentence stay as they are */
#define LEAST 40.0f       /* -51 dBm0: never opens below; the noise of a good line is under -60 */
#define ALWAYS 800.0f     /* -25 dBm0: always opens above, whatever was taken for noise */
#define OPENS 3.0f        /* times the noise: 10 dB */
#define STAYS 2.0f        /* 6 dB */
#define FALLS 0.25f       /* share of the way that the noise follows downwards, each frame */
#define RISES 1.006f      /* upwards 5 dB a second: no vowel is that long */
#define FLOOR 4.0f        /* -71 dBm0: digital silence is no measure of noise */
#define FADE_OUT 0.9f     /* each frame of closing */
#define SHUT 0.05f        /* -26 dB, after 0.3 s: not heard any more */

struct gate {
    struct fx_port port;
    int16_t ring[RING][FRAME];
    unsigned in, out;  /* frames written and read since the beginning */
    unsigned hang;     /* frames until it closes */
    float noise, gain; /* level that is taken for noise; gain of the last frame that went out */
};

static float level_of(const int16_t *frame)
{
    int sum = 0;

    for (int i = 0; i < FRAME; i++)
        sum += abs(frame[i]);
    return (float)sum / FRAME;
}

static int speaks(struct gate *gate, float level)
{
    float limit = gate->noise * (gate->hang ? STAYS : OPENS);

    if (level < gate->noise)
        gate->noise += (level - gate->noise) * FALLS;
    else
        gate->noise *= RISES;
    if (gate->noise < FLOOR)
        gate->noise = FLOOR;
    if (limit < LEAST)
        limit = LEAST;
    return level > (limit < ALWAYS ? limit : ALWAYS);
}

static pj_status_t put_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct gate *gate = (struct gate *)base;
    int16_t *place = gate->ring[gate->in++ % RING];

    if (frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size)
        memcpy(place, frame->buf, FRAME * sizeof(int16_t));
    else
        memset(place, 0, FRAME * sizeof(int16_t));
    if (speaks(gate, level_of(place)))
        gate->hang = AHEAD + HANG_FRAMES;
    else if (gate->hang)
        gate->hang--;
    return PJ_SUCCESS;
}

/* The frame that is due; NULL at the beginning. The bridge reads before it writes: frames are AHEAD behind. */
static const int16_t *due(struct gate *gate)
{
    if (gate->in - gate->out >= RING)
        gate->out = gate->in - AHEAD; /* nobody has listened for a while */
    return gate->in - gate->out < AHEAD ? NULL : gate->ring[gate->out++ % RING];
}

static pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct gate *gate = (struct gate *)base;
    const int16_t *in = due(gate);
    float from = gate->gain, to = gate->hang ? 1.0f : from * FADE_OUT;
    int16_t *out = frame->buf;

    gate->gain = to = to < SHUT ? 0.0f : to;
    if (!in || (from == 0.0f && to == 0.0f)) {
        frame->type = PJMEDIA_FRAME_TYPE_NONE;
        frame->size = 0;
        return PJ_SUCCESS;
    }
    for (int i = 0; i < FRAME; i++)
        out[i] = (int16_t)((float)in[i] * (from + (to - from) * (float)i / FRAME));
    frame->size = FRAME * sizeof(int16_t);
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    return PJ_SUCCESS;
}

void *fx_gate_create(int *slot)
{
    struct gate *gate = fx_port_alloc("gate", sizeof *gate);

    if (!gate)
        return NULL;
    gate->noise = LEAST / STAYS; /* a loud room is learned in two seconds, a quiet one in no time */
    gate->port.base.put_frame = put_frame;
    gate->port.base.get_frame = get_frame;
    *slot = fx_port_add(&gate->port);
    return *slot < 0 ? NULL : gate;
}
