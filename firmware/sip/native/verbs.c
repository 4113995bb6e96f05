/* What is done with calls, on pjsua's C functions. Each names a call by pjsua's index, which is the call's until it is
 * gone.
 */
#include "guard.h"

#include <pjsua-lib/pjsua_internal.h>

#define POOL 1000

/* What a message is to carry beside what it must; its pool is to be released. */
pj_pool_t *fx_message_begin(pjsua_msg_data *message, const char *headers)
{
    pj_pool_t *pool = pjsua_pool_create("fx-call", POOL, POOL);

    pjsua_msg_data_init(message);
    fx_add_headers(pool, &message->hdr_list, headers);
    return pool;
}

void fx_audio_only(pjsua_call_setting *setting)
{
    pjsua_call_setting_default(setting);
    setting->vid_cnt = setting->txt_cnt = 0;
}

const char *fx_status_text(int status)
{
    static char text[PJ_ERR_MSG_SIZE];

    pj_strerror(status, text, sizeof(text));
    return text;
}

int fx_call_make(uint32_t number, int account, const char *target, const char *from, const char *headers,
                 const char *source, int *index)
{
    pj_str_t to = pj_str((char *)target);
    pjsua_call_id id = PJSUA_INVALID_ID;
    pjsua_call_setting setting;
    pjsua_msg_data message;
    pj_pool_t *pool = fx_message_begin(&message, headers);
    pj_status_t status;

    fx_audio_only(&setting);
    message.local_uri = pj_str((char *)from);
    status = pjsua_call_make_call(account, &to, &setting, (void *)(uintptr_t)number, &message, &id);
    pj_pool_release(pool);
    if (status != PJ_SUCCESS)
        return status;
    *index = id;
    fx_call_source(id, source);
    return 0;
}

const char *fx_call_id(int id)
{
    static char text[FX_CALL_ID_MAX];
    const pjsip_inv_session *inv = pjsua_var.calls[id].inv;

    if (inv == NULL || !fx_str_copy(text, sizeof(text), &inv->dlg->call_id->id))
        text[0] = '\0';
    return text;
}

int fx_call_answer(int id, int status, const char *headers)
{
    pjsua_call_setting setting;
    pjsua_msg_data message;
    pj_pool_t *pool = fx_message_begin(&message, headers);
    pj_status_t done;

    fx_audio_only(&setting);
    done = pjsua_call_answer2(id, &setting, (unsigned)status, NULL, &message);
    pj_pool_release(pool);
    return done;
}

int fx_call_hang_up(int id, int status, const char *headers)
{
    pjsua_msg_data message;
    pj_pool_t *pool = fx_message_begin(&message, headers);
    pj_status_t done = pjsua_call_hangup(id, (unsigned)status, NULL, &message);

    pj_pool_release(pool);
    return done;
}

int fx_call_keys(int id, const char *keys)
{
    pj_str_t text = pj_str((char *)keys);

    return pjsua_call_dial_dtmf(id, &text);
}

int fx_call_send(int id, const char *method, const char *headers, const char *type, const char *body)
{
    pj_str_t name = pj_str((char *)method);
    pjsua_msg_data message;
    pj_pool_t *pool = fx_message_begin(&message, headers);
    pj_status_t status;

    message.content_type = pj_str((char *)type);
    message.msg_body = pj_str((char *)body);
    status = pjsua_call_send_request(id, &name, &message);
    pj_pool_release(pool);
    return status;
}

int fx_call_update(int id, const char *headers)
{
    static const pj_str_t name = {"UPDATE", 6};
    pjsua_call_setting setting;
    pjsua_msg_data message;
    pj_pool_t *pool;
    pj_status_t status;

    if (id < 0 || pjsua_var.calls[id].inv == NULL)
        return PJ_EINVALIDOP;
    if (pjsip_dlg_remote_has_cap(pjsua_var.calls[id].inv->dlg, PJSIP_H_ALLOW, NULL, &name) !=
        PJSIP_DIALOG_CAP_SUPPORTED)
        return FX_TAKES_NO_UPDATE;
    pool = fx_message_begin(&message, headers);
    fx_audio_only(&setting);
    setting.flag |= PJSUA_CALL_NO_SDP_OFFER;
    status = pjsua_call_update2(id, &setting, &message);
    pj_pool_release(pool);
    return status;
}
