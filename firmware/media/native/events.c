/* The queue from the media threads to the call loop: a ring under a mutex, and an eventfd that wakes the loop. */
#include "fxmedia.h"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define ROOM 4096

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct fx_event ring[ROOM];
static unsigned head, tail; /* head: next to read; tail: next to write */
static int wake_fd = -1;
static uint32_t last_id;

int fx_events_open(void)
{
    if (wake_fd < 0)
        wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    return wake_fd;
}

uint32_t fx_next_id(void)
{
    return __atomic_add_fetch(&last_id, 1, __ATOMIC_RELAXED);
}

void fx_event_post(uint32_t source, enum fx_kind kind, int code)
{
    static const uint64_t one = 1;
    int was_empty;

    pthread_mutex_lock(&lock);
    was_empty = head == tail;
    if (tail - head < ROOM)
        ring[tail++ % ROOM] = (struct fx_event){source, (uint16_t)kind, (uint16_t)code};
    pthread_mutex_unlock(&lock);
    if (was_empty && write(wake_fd, &one, sizeof one) < 0)
        return; /* the counter is full: the loop is awake already */
}

int fx_events_read(struct fx_event *out, int room)
{
    uint64_t count;
    int n = 0;

    if (read(wake_fd, &count, sizeof count) < 0)
        count = 0; /* nothing new since the last read; what is in the ring is still ours */
    pthread_mutex_lock(&lock);
    while (head != tail && n < room)
        out[n++] = ring[head++ % ROOM];
    if (head != tail) { /* more than `room`: keep the loop awake */
        count = 1;
        if (write(wake_fd, &count, sizeof count) < 0)
            count = 0;
    }
    pthread_mutex_unlock(&lock);
    return n;
}
