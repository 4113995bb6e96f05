/* What all our bridge ports share: memory, lock, entering and leaving the conference. */
#include "fxmedia.h"

#include <string.h>

#define SIGNATURE PJMEDIA_SIG_CLASS_PORT_AUD('F', 'X')

void fx_silence(pjmedia_frame *frame, unsigned samples)
{
    memset(frame->buf, 0, samples * sizeof(int16_t));
    frame->size = samples * sizeof(int16_t);
    frame->type = PJMEDIA_FRAME_TYPE_AUDIO;
}

pj_status_t fx_port_release(pjmedia_port *base)
{
    struct fx_port *port = (struct fx_port *)base;
    pj_pool_t *pool = port->pool;

    port->pool = NULL;
    if (pool)
        pj_pool_release(pool);
    return PJ_SUCCESS;
}

void *fx_port_alloc(const char *name, size_t size)
{
    pj_pool_t *pool = pjsua_pool_create(name, 1024, 1024);
    pj_str_t label = pj_str((char *)name);
    struct fx_port *port;

    if (!pool)
        return NULL;
    port = pj_pool_zalloc(pool, size);
    port->pool = pool;
    port->id = fx_next_id();
    port->slot = -1;
    pjmedia_port_info_init(&port->base.info, &label, SIGNATURE, FX_RATE, 1, 16, FX_RATE / 100);
    port->base.on_destroy = fx_port_release;
    return port;
}

int fx_port_add(struct fx_port *port)
{
    /* 10 ms frames suit every bridge period that is a multiple of them: the bridge collects the rest. */
    pj_status_t status = pjmedia_port_init_grp_lock(&port->base, port->pool, NULL);

    if (status == PJ_SUCCESS)
        status = pjsua_conf_add_port(port->pool, &port->base, &port->slot);
    if (status != PJ_SUCCESS) {
        port->base.on_destroy(&port->base);
        return -1;
    }
    return port->slot;
}

void fx_port_remove(struct fx_port *port)
{
    pjsua_conf_remove_port(port->slot);
    pjmedia_port_destroy(&port->base); /* drops our reference; the bridge still holds its own */
}

int fx_connect(int source, int sink)
{
    return pjsua_conf_connect(source, sink);
}

int fx_disconnect(int source, int sink)
{
    return pjsua_conf_disconnect(source, sink);
}

void fx_port_destroy(void *port)
{
    fx_port_remove(port);
}
