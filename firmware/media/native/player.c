/* Players and recorders: pjmedia's own WAV ports with an end event that needs no Python in a media thread. */
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

void *fx_recorder_create(const char *name, int *slot)
{
    pj_pool_t *pool = pjsua_pool_create("recorder", 1024, 1024);
    pjmedia_port *file;

    if (!pool)
        return NULL;
    if (pjmedia_wav_writer_port_create(pool, name, FX_RATE, 1, FX_RATE / 50, 16, 0, 0, &file) != PJ_SUCCESS) {
        pj_pool_release(pool);
        return NULL;
    }
    return enter(file, pool, slot);
}

void fx_wav_destroy(void *handle)
{
    struct wav *wav = handle;
    pj_pool_t *pool = wav->pool;

    pjsua_conf_remove_port(wav->slot);
    pjmedia_port_destroy(wav->file);
    pj_pool_release(pool);
}
