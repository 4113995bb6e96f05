/* Players: recordings one after the other, to the last sample. pjmedia's own player reports its end when it has read
 * the file, up to a quarter of a second before it has played it.
 *
 * Files are 8 kHz, 16 bit, mono WAV, mapped into memory: the clock's thread never waits in read().
 */
#include "fxmedia.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES_MAX 64

struct sound {
    void *map;
    size_t map_bytes;
    const int16_t *samples;
    long count;
};

struct player {
    struct fx_port port;
    struct sound sound[FILES_MAX];
    unsigned count, at; /* at: which recording is playing */
    long next;          /* its next sample; the clock's alone */
    long wind;          /* samples to go forward or back, asked for by the loop */
    int repeat, ended;
};

static uint32_t u32(const uint8_t *at)
{
    return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Find the samples in a mapped WAV file (RIFF chunks). Returns 0, or -1 if it is not what we play. */
static int find_samples(struct sound *sound)
{
    const uint8_t *file = sound->map;
    size_t at = 12;
    int format_fits = 0;

    if (sound->map_bytes < 44 || memcmp(file, "RIFF", 4) || memcmp(file + 8, "WAVE", 4))
        return -1;
    while (at + 8 <= sound->map_bytes) {
        size_t bytes = u32(file + at + 4), left = sound->map_bytes - at - 8;

        if (bytes > left)
            bytes = left;
        if (!memcmp(file + at, "fmt ", 4) && bytes >= 16)
            format_fits = file[at + 8] == 1 && file[at + 10] == 1 && u32(file + at + 12) == FX_RATE && file[at + 22] == 16;
        if (!memcmp(file + at, "data", 4)) {
            sound->samples = (const int16_t *)(file + at + 8);
            sound->count = (long)(bytes / sizeof(int16_t));
            return format_fits && (at & 1) == 0 ? 0 : -1;
        }
        at += 8 + bytes + (bytes & 1);
    }
    return -1;
}

static int open_sound(struct sound *sound, const char *name)
{
    struct stat stat;
    int fd = open(name, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -1;
    if (fstat(fd, &stat) == 0 && stat.st_size > 0) {
        sound->map_bytes = (size_t)stat.st_size;
        sound->map = mmap(NULL, sound->map_bytes, PROT_READ, MAP_PRIVATE, fd, 0);
    }
    close(fd);
    if (!sound->map || sound->map == MAP_FAILED) {
        sound->map = NULL;
        return -1;
    }
    madvise(sound->map, sound->map_bytes, MADV_WILLNEED);
    return find_samples(sound);
}

static pj_status_t gone(pjmedia_port *base)
{
    struct player *player = (struct player *)base;

    for (unsigned i = 0; i < player->count; i++)
        if (player->sound[i].map)
            munmap(player->sound[i].map, player->sound[i].map_bytes);
    return fx_port_release(base);
}

static void take_wind(struct player *player)
{
    long wind = __atomic_exchange_n(&player->wind, 0, __ATOMIC_RELAXED);

    player->next += wind;
    if (player->next < 0)
        player->next = 0;
}

static pj_status_t get_frame(pjmedia_port *base, pjmedia_frame *frame)
{
    struct player *player = (struct player *)base;
    long n = (long)PJMEDIA_PIA_SPF(&base->info), filled = 0;
    int16_t *out = frame->buf;

    fx_silence(frame, (unsigned)n);
    take_wind(player);
    while (filled < n && !player->ended) {
        struct sound *sound = &player->sound[player->at];
        long some = sound->count - player->next;

        if (some > n - filled)
            some = n - filled;
        if (some > 0) {
            memcpy(out + filled, sound->samples + player->next, (size_t)some * sizeof(int16_t));
            filled += some;
            player->next += some;
            continue;
        }
        player->next = 0;
        if (++player->at == player->count) {
            player->at = 0;
            player->ended = !player->repeat;
        }
    }
    if (player->ended == 1) {
        player->ended = 2;
        fx_event_post(player->port.id, FX_DONE, 0);
    }
    return PJ_SUCCESS;
}

void *fx_player_create(const char *const *files, unsigned count, int repeat, int *slot, uint32_t *id)
{
    struct player *player;
    long samples = 0;

    if (count == 0 || count > FILES_MAX)
        return NULL;
    player = fx_port_alloc("player", sizeof *player);
    if (!player)
        return NULL;
    player->repeat = repeat;
    player->port.base.get_frame = get_frame;
    player->port.base.on_destroy = gone;
    for (unsigned i = 0; i < count; i++) {
        player->count = i + 1;
        if (open_sound(&player->sound[i], files[i])) {
            gone(&player->port.base);
            return NULL;
        }
        samples += player->sound[i].count;
    }
    if (repeat && samples == 0) { /* would never yield a sample */
        gone(&player->port.base);
        return NULL;
    }
    *id = player->port.id;
    *slot = fx_port_add(&player->port);
    return *slot < 0 ? NULL : player;
}

/* Go on `ms` later, or earlier when it is negative; beyond the end the recording has ended. */
void fx_player_wind(void *handle, int ms)
{
    __atomic_add_fetch(&((struct player *)handle)->wind, (long)ms * (FX_RATE / 1000), __ATOMIC_RELAXED);
}
