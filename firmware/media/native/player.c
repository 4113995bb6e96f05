/* Players: pjmedia's own WAV ports with an end event that needs no Python in a media thread. */
#include "fxmedia.h"

#define FILES_MAX 64

struct wav {
    pjmedia_port *file;
    pj_pool_t *pool;
    pjsua_conf_port_id slot;
};

static void at_end(pjmedia_port *file, void *user)
{
    (void)file;
    fx_event_post((uint32_t)(uintptr_t)user, FX_DONE, 0);
}

/* Enter pjmedia's port into the bridge. */
static struct wav *enter(pjmedia_port *file, pj_pool_t *pool, int *slot)
{
    struct wav *wav = PJ_POOL_ZALLOC_T(pool, struct wav);

    wav->file = file;
    wav->pool = pool;
    if (pjsua_conf_add_port(pool, file, &wav->slot) != PJ_SUCCESS) {
        pjmedia_port_destroy(file);
        pj_pool_release(pool);
        return NULL;
    }
    *slot = wav->slot;
    return wav;
}

void *fx_player_create(const char *const *files, unsigned count, int repeat, int *slot, uint32_t *id)
{
    pj_str_t names[FILES_MAX];
    pjmedia_port *file;
    pj_pool_t *pool;
    pj_str_t label = pj_str("player");
    uint32_t number = fx_next_id();

    if (count == 0 || count > FILES_MAX)
        return NULL;
    pool = pjsua_pool_create("player", 1024, 1024);
    if (!pool)
        return NULL;
    for (unsigned i = 0; i < count; i++)
        names[i] = pj_str((char *)files[i]);
    if (pjmedia_wav_playlist_create(pool, &label, names, (int)count, 20, repeat ? 0 : PJMEDIA_FILE_NO_LOOP, 0,
                                    &file) != PJ_SUCCESS) {
        pj_pool_release(pool);
        return NULL;
    }
    if (!repeat)
        pjmedia_wav_playlist_set_eof_cb2(file, (void *)(uintptr_t)number, at_end);
    *id = number;
    return enter(file, pool, slot);
}

/* One recording that can be wound while it plays. */
void *fx_playback_create(const char *name, int *slot, uint32_t *id)
{
    pj_pool_t *pool = pjsua_pool_create("playback", 1024, 1024);
    pjmedia_port *file;
    uint32_t number = fx_next_id();

    if (!pool)
        return NULL;
    if (pjmedia_wav_player_port_create(pool, name, 20, PJMEDIA_FILE_NO_LOOP, 0, &file) != PJ_SUCCESS) {
        pj_pool_release(pool);
        return NULL;
    }
    pjmedia_wav_player_set_eof_cb2(file, (void *)(uintptr_t)number, at_end);
    *id = number;
    return enter(file, pool, slot);
}

/* Go on `ms` later, or earlier when it is negative; beyond the end the recording has ended. */
void fx_playback_skip(void *handle, int ms)
{
    pjmedia_port *file = ((struct wav *)handle)->file;
    long size = (long)pjmedia_wav_player_get_len(file);
    long at = (long)pjmedia_wav_player_port_get_pos(file) + (long)ms * (FX_RATE / 1000) * (long)sizeof(int16_t);

    if (at < 0)
        at = 0;
    if (at < size)
        pjmedia_wav_player_port_set_pos(file, (pj_uint32_t)at);
    else
        at_end(file, file->port_data.pdata);
}

void fx_wav_destroy(void *handle)
{
    struct wav *wav = handle;
    pj_pool_t *pool = wav->pool;

    pjsua_conf_remove_port(wav->slot);
    pjmedia_port_destroy(wav->file);
    pj_pool_release(pool);
}
