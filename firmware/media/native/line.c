/* Analog lines: one bridge port for each channel of the sound card, and the tick that runs the bridge.
 *
 * fx_tick is called by one thread only, once a period. Inside it the bridge calls our ports' get_frame and
 * put_frame, so that no lock is needed for the sample buffers.
 */
#include "fxmedia.h"

#include <string.h>

#define SAMPLES_MAX 320 /* 40 ms */

struct line {
    struct fx_port port;
    unsigned channel;
    unsigned in_at, out_at;      /* bridge frames of this period consumed and produced so far, in samples */
    int16_t in[SAMPLES_MAX];     /* from the line */
    int16_t out[SAMPLES_MAX];    /* to the line */
};

static struct line *lines[FX_LINES_MAX];
static pjmedia_port *master;
static uint64_t ticks;

static pj_status_t from_line(pjmedia_port *base, pjmedia_frame *frame)
{
    struct line *line = (struct line *)base;
    unsigned n = PJMEDIA_PIA_SPF(&base->info);

    if (line->in_at + n > SAMPLES_MAX) {
        fx_silence(frame, n);
        return PJ_SUCCESS;
    }
    memcpy(frame->buf, line->in + line->in_at, n * sizeof(int16_t));
    line->in_at += n;
    frame->size = n * sizeof(int16_t);
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
    return PJ_SUCCESS;
}

static pj_status_t to_line(pjmedia_port *base, pjmedia_frame *frame)
{
    struct line *line = (struct line *)base;
    unsigned n = PJMEDIA_PIA_SPF(&base->info);

    if (line->out_at + n <= SAMPLES_MAX) {
        if (frame->type == PJMEDIA_FRAME_TYPE_AUDIO)
            memcpy(line->out + line->out_at, frame->buf, n * sizeof(int16_t));
        line->out_at += n;
    }
    return PJ_SUCCESS;
}

static pj_status_t line_gone(pjmedia_port *base)
{
    struct line *line = (struct line *)base;

    if (lines[line->channel] == line)
        lines[line->channel] = NULL;
    return fx_port_release(base);
}

int fx_line_create(unsigned channel)
{
    struct line *line;
    int slot;

    if (channel >= FX_LINES_MAX || lines[channel])
        return -1;
    line = fx_port_alloc("line", sizeof *line);
    if (!line)
        return -1;
    line->channel = channel;
    line->port.base.get_frame = from_line;
    line->port.base.put_frame = to_line;
    line->port.base.on_destroy = line_gone;
    slot = fx_port_add(&line->port);
    if (slot >= 0)
        __atomic_store_n(&lines[channel], line, __ATOMIC_RELEASE);
    return slot;
}

int fx_line_destroy(unsigned channel)
{
    struct line *line = channel < FX_LINES_MAX ? lines[channel] : NULL;

    if (!line)
        return -1;
    __atomic_store_n(&lines[channel], NULL, __ATOMIC_RELEASE);
    fx_port_remove(&line->port);
    return 0;
}

int fx_clock_attach(void *master_port)
{
    master = master_port;
    return (int)PJMEDIA_PIA_SPF(&master->info);
}

uint64_t fx_ticks(void)
{
    return __atomic_load_n(&ticks, __ATOMIC_RELAXED);
}

static void take_in(const int16_t *capture, unsigned channels, unsigned samples)
{
    for (unsigned c = 0; c < channels; c++) {
        struct line *line = __atomic_load_n(&lines[c], __ATOMIC_ACQUIRE);

        if (!line)
            continue;
        for (unsigned i = 0; i < samples; i++)
            line->in[i] = capture[i * channels + c];
        memset(line->out, 0, samples * sizeof(int16_t));
        line->in_at = line->out_at = 0;
    }
}

static void give_out(int16_t *playback, unsigned channels, unsigned samples)
{
    memset(playback, 0, (size_t)channels * samples * sizeof(int16_t));
    for (unsigned c = 0; c < channels; c++) {
        struct line *line = __atomic_load_n(&lines[c], __ATOMIC_ACQUIRE);

        if (!line)
            continue;
        for (unsigned i = 0; i < samples; i++)
            playback[i * channels + c] = line->out[i];
    }
}

int fx_tick(const int16_t *capture, int16_t *playback, unsigned channels, unsigned samples)
{
    int16_t unused[SAMPLES_MAX];
    pjmedia_frame frame;
    unsigned spf = master ? PJMEDIA_PIA_SPF(&master->info) : 0;

    if (!master || samples > SAMPLES_MAX || spf == 0 || samples % spf || channels > FX_LINES_MAX)
        return -1;
    if (channels)
        take_in(capture, channels, samples);
    for (unsigned done = 0; done < samples; done += spf) {
        frame.type = PJMEDIA_FRAME_TYPE_AUDIO;
        frame.buf = unused;
        frame.size = spf * sizeof(int16_t);
        frame.timestamp.u64 = __atomic_load_n(&ticks, __ATOMIC_RELAXED) * spf;
        frame.bit_info = 0;
        pjmedia_port_get_frame(master, &frame);
        __atomic_add_fetch(&ticks, 1, __ATOMIC_RELAXED);
    }
    if (channels)
        give_out(playback, channels, samples);
    return 0;
}
