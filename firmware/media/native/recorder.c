/* Recorders: what their slot hears goes into a WAV file, mixed, by a thread of its own, so that a slow disk holds up
 * neither the clock nor a call. While nothing is connected, nothing is written.
 *
 * The lengths in the header are right once FX_DONE has been posted; `firmware.store.sound` mends a file whose writer
 * was killed.
 */
#include "fxmedia.h"

#include <endian.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ROOM (1u << 15)       /* samples that wait for the disk at most: 4 s */
#define CHUNK (FX_RATE / 2)   /* the writer is woken each half second: no more is lost by a crash */
#define HEADER_BYTES 44

struct tape {
    struct tape *next;
    uint32_t id;
    int fd;
    unsigned head, tail;  /* head: next to write to the disk, the writer's; tail: next to hear, the clock's */
    unsigned told;        /* the clock's: `tail` when it last woke the writer */
    int closing, failed;
    uint32_t bytes;
    int16_t ring[ROOM];
};

struct recorder {
    struct fx_port port;
    struct tape *tape;
};

static pthread_once_t begun = PTHREAD_ONCE_INIT;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* the list; never taken by the clock */
static struct tape *tapes;
static sem_t work;

static int put(int fd, const void *from, size_t bytes)
{
    const char *at = from;

    while (bytes) {
        ssize_t done = write(fd, at, bytes);

        if (done <= 0)
            return -1;
        at += done;
        bytes -= (size_t)done;
    }
    return 0;
}

static int put_header(int fd, uint32_t bytes)
{
    struct {
        char riff[4];
        uint32_t size;
        char wave_fmt[8];
        uint32_t fmt_size;
        uint16_t format, channels;
        uint32_t rate, bytes_per_s;
        uint16_t block, bits;
        char data[4];
        uint32_t data_size;
    } header = {"RIFF", htole32(bytes + HEADER_BYTES - 8), "WAVEfmt ", htole32(16), htole16(1), htole16(1),
                htole32(FX_RATE), htole32(2 * FX_RATE), htole16(2), htole16(16), "data", htole32(bytes)};

    _Static_assert(sizeof header == HEADER_BYTES, "a WAV header has no gaps");
    return lseek(fd, 0, SEEK_SET) < 0 ? -1 : put(fd, &header, sizeof header);
}

/* Move what was heard to the disk. */
static void drain(struct tape *t)
{
    unsigned tail = __atomic_load_n(&t->tail, __ATOMIC_ACQUIRE);

    while (t->head != tail) {
        unsigned at = t->head % ROOM, n = tail - t->head;

        if (n > ROOM - at)
            n = ROOM - at;
        if (!t->failed && put(t->fd, t->ring + at, n * sizeof(int16_t)) == 0)
            t->bytes += n * (uint32_t)sizeof(int16_t);
        else
            t->failed = 1;
        __atomic_store_n(&t->head, t->head + n, __ATOMIC_RELEASE);
    }
}

static void finish(struct tape *t)
{
    drain(t);
    if (put_header(t->fd, t->bytes) != 0 || fsync(t->fd) != 0)
        t->failed = 1;
    close(t->fd);
    fx_event_post(t->id, FX_DONE, t->failed);
    free(t);
}

static void *run(void *unused)
{
    (void)unused;
    for (;;) {
        if (sem_wait(&work) != 0)
            continue;
        pthread_mutex_lock(&lock);
        for (struct tape **at = &tapes; *at;) {
            struct tape *t = *at;

            if (__atomic_load_n(&t->closing, __ATOMIC_ACQUIRE)) {
                *at = t->next;
                finish(t);
            } else {
                drain(t);
                at = &t->next;
            }
        }
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static void begin(void)
{
    sigset_t all, before;
    pthread_t thread;

    sem_init(&work, 0, 0);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, run, NULL) == 0)
        pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static pj_status_t put_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct tape *t = ((struct recorder *)base)->tape;
    const int16_t *in = frame->buf;
    unsigned n = (unsigned)(frame->size / sizeof(int16_t)), tail = t->tail;

    if (frame->type != PJMEDIA_FRAME_TYPE_AUDIO || n == 0)
        return PJ_SUCCESS;
    if (ROOM - (tail - __atomic_load_n(&t->head, __ATOMIC_ACQUIRE)) < n)
        return PJ_SUCCESS; /* the disk hangs for seconds: a gap in the recording is the lesser harm */
    for (unsigned i = 0; i < n; i++)
        t->ring[(tail + i) % ROOM] = in[i];
    __atomic_store_n(&t->tail, tail + n, __ATOMIC_RELEASE);
    if (tail + n - t->told >= CHUNK) {
        t->told = tail + n;
        sem_post(&work);
    }
    return PJ_SUCCESS;
}

static pj_status_t gone(pjmedia_port *base)
{
    __atomic_store_n(&((struct recorder *)base)->tape->closing, 1, __ATOMIC_RELEASE);
    sem_post(&work);
    return fx_port_release(base);
}

void *fx_recorder_create(const char *file, int *slot, uint32_t *id)
{
    struct recorder *r = fx_port_alloc("recorder", sizeof *r);
    struct tape *t = calloc(1, sizeof *t);

    pthread_once(&begun, begin);
    if (!r || !t || (t->fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)) < 0) {
        free(t);
        if (r)
            fx_port_release(&r->port.base);
        return NULL;
    }
    r->tape = t;
    *id = t->id = r->port.id;
    t->failed = put_header(t->fd, 0) != 0;
    r->port.base.put_frame = put_frame;
    r->port.base.on_destroy = gone;
    pthread_mutex_lock(&lock);
    t->next = tapes;
    tapes = t;
    pthread_mutex_unlock(&lock);
    *slot = fx_port_add(&r->port);
    return *slot < 0 ? NULL : r;
}
