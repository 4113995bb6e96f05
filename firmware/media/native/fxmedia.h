/* fxmedia: what the audio path needs beside pjmedia. Everything here runs in C; Python only creates, connects and
 * destroys ports and reads events.
 *
 * pj* symbols are left open: they resolve from the pjsua2 binding's library, loaded with RTLD_GLOBAL. All audio is
 * 8 kHz, 16 bit, mono. Functions return a conference slot or 0 on success, a negative number on failure.
 */
#ifndef FXMEDIA_H
#define FXMEDIA_H

#include <pjsua-lib/pjsua.h>
#include <stdint.h>

#define FX_RATE 8000

/* ---- events: from the media threads to the call loop ---- */
enum fx_kind {
    FX_DTMF = 1,      /* code = the key; once for each press, after 40 ms of it */
    FX_TONE = 2,      /* code = index of the call-progress tone as given to fx_detector_create */
    FX_FAX = 3,       /* code = MODEM_CONNECT_TONES_* of spandsp */
    FX_CALLER_ID = 4, /* a caller ID message has come in; fetch it with fx_detector_message */
    FX_KEY_SOUND = 6, /* the sound of a key begins (code 1) or ends (code 0) */
    FX_DONE = 5,      /* a player or sender has come to its end; a recorder's file is complete (code 1: it is not) */
    FX_CALL_KEY = 8,  /* a SIP call's far end has sent a key: code = key | method << 8 */
    FX_SILENCE = 7,   /* silence has lasted as long as asked for (code 1); the first sound, or one that ends silence (code 0) */
};

struct fx_event {
    uint32_t source; /* the port's id, unique while the process lives */
    uint16_t kind;
    uint16_t code;
};

int fx_events_open(void); /* returns an eventfd */
int fx_events_read(struct fx_event *out, int room);
void fx_event_post(uint32_t source, enum fx_kind kind, int code);
uint32_t fx_next_id(void);

/* ---- a port of ours in the bridge ---- */
struct fx_port {
    pjmedia_port base; /* first: pjmedia hands us this pointer */
    pj_pool_t *pool;
    uint32_t id;
    pjsua_conf_port_id slot;
};

/* Allocate `size` bytes that start with a struct fx_port, with its own pool and lock. */
void *fx_port_alloc(const char *name, size_t size);
/* Enter the port into the bridge. On failure it is freed and -1 returned, else the slot. */
int fx_port_add(struct fx_port *port);
/* Leave the bridge; the port's on_destroy runs later, in the clock's thread. */
void fx_port_remove(struct fx_port *port);
pj_status_t fx_port_release(pjmedia_port *base);
int fx_connect(int source, int sink);
int fx_disconnect(int source, int sink);
void fx_silence(pjmedia_frame *frame, unsigned samples);

/* ---- analog lines ---- */
#define FX_LINES_MAX 64
int fx_line_create(unsigned channel);
int fx_line_destroy(unsigned channel);
/* One period of the bridge: capture and playback are interleaved, `channels` x `samples`. */
int fx_tick(const int16_t *capture, int16_t *playback, unsigned channels, unsigned samples);
int fx_clock_attach(void *master_port);
uint64_t fx_ticks(void);

/* ---- sources and sinks: each returns a handle, NULL on failure ---- */
struct fx_segment {
    float f1_hz, f2_hz; /* f2 = 0: one tone; f2 < 0: f1 modulated by -f2 */
    uint32_t on_ms, off_ms;
};
void *fx_tone_create(const struct fx_segment *segments, unsigned count, float level_dbm0, int repeat, int *slot,
                     uint32_t *id);
void *fx_player_create(const char *const *files, unsigned count, int repeat, int *slot, uint32_t *id);
void *fx_fsk_create(const uint8_t *bits, unsigned count, int v23, float level_dbm0, int *slot, uint32_t *id);
void *fx_recorder_create(const char *file, int *slot, uint32_t *id); /* end it by fx_port_destroy */
void *fx_gate_create(int *slot); /* a noise gate: what is connected to its slot, its slot says */
void fx_player_wind(void *player, int ms);

struct fx_progress_tone {
    int f1_hz, f2_hz, on_ms, off_ms;
};
#define FX_DETECT_DTMF 1
#define FX_DETECT_FAX 2
#define FX_DETECT_BELL202 4
#define FX_DETECT_V23 8
/* `silence_ms`: report silence of this length; 0: do not. */
void *fx_detector_create(unsigned what, const struct fx_progress_tone *tones, unsigned count, unsigned silence_ms,
                         int *slot, uint32_t *id);
int fx_detector_message(void *detector, uint8_t *out, int room);

void fx_port_destroy(void *port); /* for tone, FSK sender, recorder, gate and detector */

#endif
