/* Tones with a cadence: one or two frequencies, or one modulated by another, without a click at any seam.
 * pjmedia's generator starts its phase anew with each segment and cannot modulate, which some countries need. */
#include "fxmedia.h"

#include <math.h>
#include <spandsp.h>

#define SEGMENTS_MAX 32

struct tone {
    struct fx_port port;
    struct fx_segment segment[SEGMENTS_MAX];
    unsigned count, at;   /* at: current segment */
    uint32_t left;        /* samples left of its current half */
    int sounding, repeat, ended;
    int32_t rate1, rate2;
    uint32_t phase1, phase2;
    float scale;
};

static void enter(struct tone *tone, unsigned at)
{
    const struct fx_segment *s = &tone->segment[at];

    tone->at = at;
    tone->sounding = 1;
    tone->left = s->on_ms * (FX_RATE / 1000);
    tone->rate1 = dds_phase_ratef(s->f1_hz);
    tone->rate2 = s->f2_hz != 0 ? dds_phase_ratef(fabsf(s->f2_hz)) : 0;
}

static void advance(struct tone *tone)
{
    const struct fx_segment *s = &tone->segment[tone->at];

    if (tone->sounding && s->off_ms) {
        tone->sounding = 0;
        tone->left = s->off_ms * (FX_RATE / 1000);
    } else if (tone->at + 1 < tone->count) {
        enter(tone, tone->at + 1);
    } else if (tone->repeat) {
        enter(tone, 0);
    } else {
        tone->ended = 1;
        fx_event_post(tone->port.id, FX_DONE, 0);
    }
}

static int16_t sample(struct tone *tone)
{
    const struct fx_segment *s = &tone->segment[tone->at];
    float value;

    if (!tone->sounding || s->f1_hz <= 0)
        return 0;
    value = ddsf(&tone->phase1, tone->rate1);
    if (s->f2_hz > 0)
        value += ddsf(&tone->phase2, tone->rate2);
    else if (s->f2_hz < 0)
        value *= 0.5f * (1.0f + ddsf(&tone->phase2, tone->rate2));
    return (int16_t)lrintf(value * tone->scale);
}

static pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct tone *tone = (struct tone *)base;
    unsigned n = PJMEDIA_PIA_SPF(&base->info);
    int16_t *out = frame->buf;

    for (unsigned i = 0; i < n; i++) {
        int continuous = tone->repeat && tone->count == 1 && tone->segment[0].off_ms == 0;

        while (!continuous && !tone->ended && tone->left == 0)
            advance(tone);
        out[i] = tone->ended ? 0 : sample(tone);
        if (tone->left)
            tone->left--;
    }
    frame->size = n * sizeof(int16_t);
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    return PJ_SUCCESS;
}

void *fx_tone_create(const struct fx_segment *segments, unsigned count, float level_dbm0, int repeat, int *slot,
                     uint32_t *id)
{
    struct tone *tone;
    uint32_t total_ms = 0;

    for (unsigned i = 0; i < count; i++)
        total_ms += segments[i].on_ms + segments[i].off_ms;
    /* A cadence of no length would never yield a sample; only a lone repeated segment may be endless. */
    if (count == 0 || count > SEGMENTS_MAX || (total_ms == 0 && !(repeat && count == 1)))
        return NULL;
    tone = fx_port_alloc("tone", sizeof *tone);
    if (!tone)
        return NULL;
    for (unsigned i = 0; i < count; i++)
        tone->segment[i] = segments[i];
    tone->count = count;
    tone->repeat = repeat;
    tone->scale = dds_scaling_dbm0f(level_dbm0);
    enter(tone, 0);
    tone->port.base.get_frame = get_frame;
    *id = tone->port.id;
    *slot = fx_port_add(&tone->port);
    return *slot < 0 ? NULL : tone;
}
