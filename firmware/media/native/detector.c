/* The listener: whatever is connected to it is searched for keys, fax tones, call-progress tones, caller ID, silence.
 *
 * A key counts once, after DTMF_MIN_MS of it: speech that imitates a key for a moment is not one (product.md N12).
 * A call-progress tone counts after three cycles whose frequencies and lengths fit, so that speech is not one either.
 */
#include "fxmedia.h"

#include <pthread.h>
#include <spandsp.h>
#include <stdlib.h>
#include <string.h>

#define DTMF_MIN_MS 40
#define DTMF_CONFIRM_MS 26     /* what spandsp has heard before it reports: two blocks of 102 samples */
#define TWIST_DB 8.0f          /* high group stronger, then weaker: the limits of Bellcore TR-TSY-000181 */
#define REVERSE_TWIST_DB 4.0f
#define TONES_MAX 8
#define CYCLES 3
#define MESSAGE_MAX 256
#define QUIET_LEVEL 200   /* mean of a frame, of 32767: about -45 dBm0; a line's noise is below -60, speech above -35 */
#define SOUND_FRAMES 3    /* 30 ms: a click ends no silence */

struct progress {
    struct fx_progress_tone tone;
    int pitch1, pitch2;  /* spandsp's numbers of its frequencies, -1 for none */
    unsigned cycles; /* fitting on-off pairs in a row */
    int on_fits;
};

struct detector {
    struct fx_port port;
    dtmf_rx_state_t *dtmf;
    int key, key_reported;
    unsigned key_samples;
    modem_connect_tones_rx_state_t *cng, *ced;
    super_tone_rx_descriptor_t *spec;
    super_tone_rx_state_t *progress_rx;
    struct progress progress[TONES_MAX];
    unsigned progress_count;
    int pitch_hz[2 * TONES_MAX];
    int pitch_count;
    adsi_rx_state_t *caller_id;
    pthread_mutex_t message_lock;
    uint8_t message[MESSAGE_MAX];
    int message_size;
    unsigned silence_ms, quiet_ms, loud_frames;
    int silent, sounded; /* sounded: at least once */
};

static void on_key(void *user, int key, int level, int delay)
{
    struct detector *d = user;

    (void)level;
    (void)delay;
    if (!d->key != !key)
        fx_event_post(d->port.id, FX_KEY_SOUND, key != 0);
    d->key = key;
    d->key_reported = 0;
    d->key_samples = DTMF_CONFIRM_MS * (FX_RATE / 1000);
}

static void on_cng(void *user, int tone, int level, int delay)
{
    struct detector *d = user;

    (void)level;
    (void)delay;
    if (tone != MODEM_CONNECT_TONES_NONE)
        fx_event_post(d->port.id, FX_FAX, tone);
}

static int fits(int heard_ms, int wanted_ms)
{
    int slack = wanted_ms * 15 / 100;

    return abs(heard_ms - wanted_ms) <= (slack > 40 ? slack : 40);
}

/* One stretch of one sound has ended. Pitches are spandsp's numbers, -1 where there is none. */
static void on_segment(void *user, int f1, int f2, int ms)
{
    struct detector *d = user;

    for (unsigned i = 0; i < d->progress_count; i++) {
        struct progress *p = &d->progress[i];
        int same = (f1 == p->pitch1 && f2 == p->pitch2) || (f1 == p->pitch2 && f2 == p->pitch1);

        if (f1 >= 0) {
            p->on_fits = same && fits(ms, p->tone.on_ms);
            if (!p->on_fits)
                p->cycles = 0;
        } else {
            if (p->on_fits && fits(ms, p->tone.off_ms))
                p->cycles++;
            else
                p->cycles = 0;
            p->on_fits = 0;
            if (p->cycles == CYCLES)
                fx_event_post(d->port.id, FX_TONE, (int)i);
        }
    }
}

/* spandsp's own verdict, after one cycle: too early for us, but it insists on a callback. */
static void on_pattern(void *user, int code, int level, int delay)
{
    (void)user;
    (void)code;
    (void)level;
    (void)delay;
}

static void on_message(void *user, const uint8_t *message, int size)
{
    struct detector *d = user;

    if (size <= 0 || size > MESSAGE_MAX)
        return;
    pthread_mutex_lock(&d->message_lock);
    memcpy(d->message, message, (size_t)size);
    d->message_size = size;
    pthread_mutex_unlock(&d->message_lock);
    fx_event_post(d->port.id, FX_CALLER_ID, 0);
}

static void watch_silence(struct detector *d, const int16_t *in, int n)
{
    int64_t sum = 0;

    for (int i = 0; i < n; i++)
        sum += abs(in[i]);
    d->quiet_ms += (unsigned)n / (FX_RATE / 1000);
    d->loud_frames = sum > (int64_t)QUIET_LEVEL * n ? d->loud_frames + 1 : 0;
    if (d->loud_frames >= SOUND_FRAMES) {
        if (d->silent || !d->sounded)
            fx_event_post(d->port.id, FX_SILENCE, 0);
        d->silent = 0;
        d->sounded = 1;
        d->quiet_ms = 0;
    } else if (!d->silent && d->quiet_ms >= d->silence_ms) {
        d->silent = 1;
        fx_event_post(d->port.id, FX_SILENCE, 1);
    }
}

static pj_status_t put_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct detector *d = (struct detector *)base;
    int n = (int)PJMEDIA_PIA_SPF(&base->info);
    int16_t quiet[FX_RATE / 100] = {0};
    const int16_t *in = frame->type == PJMEDIA_FRAME_TYPE_AUDIO && frame->size ? frame->buf : quiet;

    if (d->dtmf) {
        dtmf_rx(d->dtmf, in, n);
        if (d->key && !d->key_reported) {
            d->key_samples += (unsigned)n;
            if (d->key_samples >= DTMF_MIN_MS * (FX_RATE / 1000)) {
                d->key_reported = 1;
                fx_event_post(d->port.id, FX_DTMF, d->key);
            }
        }
    }
    if (d->cng) {
        modem_connect_tones_rx(d->cng, in, n);
        modem_connect_tones_rx(d->ced, in, n);
    }
    if (d->progress_rx)
        super_tone_rx(d->progress_rx, in, n);
    if (d->caller_id)
        adsi_rx(d->caller_id, in, n);
    if (d->silence_ms)
        watch_silence(d, in, n);
    return PJ_SUCCESS;
}

static pj_status_t gone(pjmedia_port *base)
{
    struct detector *d = (struct detector *)base;

    if (d->dtmf)
        dtmf_rx_free(d->dtmf);
    if (d->cng)
        modem_connect_tones_rx_free(d->cng);
    if (d->ced)
        modem_connect_tones_rx_free(d->ced);
    if (d->progress_rx)
        super_tone_rx_free(d->progress_rx);
    if (d->spec)
        super_tone_rx_free_descriptor(d->spec);
    if (d->caller_id)
        adsi_rx_free(d->caller_id);
    pthread_mutex_destroy(&d->message_lock);
    return fx_port_release(base);
}

/* The number that spandsp gives to a frequency: in the order of their coming, one for all within 10 Hz. */
static int pitch_of(struct detector *d, int hz)
{
    if (hz == 0)
        return -1;
    for (int i = 0; i < d->pitch_count; i++)
        if (abs(d->pitch_hz[i] - hz) <= 10)
            return i;
    d->pitch_hz[d->pitch_count] = hz;
    return d->pitch_count++;
}

static void watch_progress(struct detector *d, const struct fx_progress_tone *tones, unsigned count)
{
    d->spec = super_tone_rx_make_descriptor(NULL);
    for (unsigned i = 0; i < count && i < TONES_MAX; i++) {
        int number = super_tone_rx_add_tone(d->spec);

        d->progress[i].tone = tones[i];
        d->progress[i].pitch1 = pitch_of(d, tones[i].f1_hz);
        d->progress[i].pitch2 = pitch_of(d, tones[i].f2_hz);
        d->progress_count++;
        super_tone_rx_add_element(d->spec, number, tones[i].f1_hz, tones[i].f2_hz, tones[i].on_ms, tones[i].on_ms);
        super_tone_rx_add_element(d->spec, number, 0, 0, tones[i].off_ms, tones[i].off_ms);
    }
    d->progress_rx = super_tone_rx_init(NULL, d->spec, on_pattern, d);
    super_tone_rx_segment_callback(d->progress_rx, on_segment);
}

void *fx_detector_create(unsigned what, const struct fx_progress_tone *tones, unsigned count, unsigned silence_ms,
                         int *slot, uint32_t *id)
{
    struct detector *d = fx_port_alloc("detector", sizeof *d);

    if (!d)
        return NULL;
    pthread_mutex_init(&d->message_lock, NULL);
    d->port.base.put_frame = put_frame;
    d->port.base.on_destroy = gone;
    if (what & FX_DETECT_DTMF) {
        d->dtmf = dtmf_rx_init(NULL, NULL, NULL);
        dtmf_rx_parms(d->dtmf, 1, TWIST_DB, REVERSE_TWIST_DB, -99);
        dtmf_rx_set_realtime_callback(d->dtmf, on_key, d);
    }
    if (what & FX_DETECT_FAX) {
        d->cng = modem_connect_tones_rx_init(NULL, MODEM_CONNECT_TONES_FAX_CNG, on_cng, d);
        d->ced = modem_connect_tones_rx_init(NULL, MODEM_CONNECT_TONES_FAX_CED, on_cng, d);
    }
    if (what & (FX_DETECT_BELL202 | FX_DETECT_V23))
        d->caller_id = adsi_rx_init(NULL, what & FX_DETECT_V23 ? ADSI_STANDARD_CLIP : ADSI_STANDARD_CLASS, on_message, d);
    if (count)
        watch_progress(d, tones, count);
    d->silence_ms = silence_ms;
    *id = d->port.id;
    *slot = fx_port_add(&d->port);
    return *slot < 0 ? NULL : d;
}

int fx_detector_message(void *detector, uint8_t *out, int room)
{
    struct detector *d = detector;
    int size;

    pthread_mutex_lock(&d->message_lock);
    size = d->message_size <= room ? d->message_size : 0;
    memcpy(out, d->message, (size_t)size);
    d->message_size = 0;
    pthread_mutex_unlock(&d->message_lock);
    return size;
}
