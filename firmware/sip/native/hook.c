/* The two modules in pjsip, and what becomes of each request. Before the transaction layer: what is never served. After
 * it, and before dialogs and pjsua: who is asking. An INVITE that fails here never reaches pjsua.
 */
#include "guard.h"

#include <pjsua-lib/pjsua.h>
#include <pthread.h>
#include <string.h>
#include <time.h>

#define METHODS "INVITE, ACK, BYE, CANCEL, UPDATE, INFO, REFER, NOTIFY, OPTIONS, REGISTER, SUBSCRIBE"

pjsip_endpoint *fx_endpoint;
static pthread_t loop_thread;
static uint64_t counters[FX_COUNT_END];

static pj_bool_t early(pjsip_rx_data *rdata);
static pj_bool_t late(pjsip_rx_data *rdata);
static pj_status_t request_leaves(pjsip_tx_data *tdata);
static pj_status_t answer_leaves(pjsip_tx_data *tdata);

static pjsip_module early_module = {
    .name = {"fx-early", 8}, .id = -1, .priority = PJSIP_MOD_PRIORITY_TRANSPORT_LAYER + 2, .on_rx_request = early};
static pjsip_module late_module = {.name = {"fx-guard", 8},
                                   .id = -1,
                                   .priority = PJSIP_MOD_PRIORITY_UA_PROXY_LAYER - 2,
                                   .on_rx_request = late,
                                   .on_tx_request = request_leaves,
                                   .on_tx_response = answer_leaves};

int64_t fx_now_ms(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void fx_count(enum fx_count which)
{
    counters[which]++;
}

int fx_counters(void)
{
    return FX_COUNT_END;
}

const char *fx_counter_name(int index)
{
    static const char *const names[] = {
#define X(name) #name,
        FX_COUNTERS(X)
#undef X
    };

    return index >= 0 && index < FX_COUNT_END ? names[index] : NULL;
}

uint64_t fx_counter(int index)
{
    return index >= 0 && index < FX_COUNT_END ? counters[index] : 0;
}

bool fx_on_loop(void)
{
    if (pthread_equal(pthread_self(), loop_thread))
        return true;
    fx_count(FX_wrong_thread);
    return false;
}

static bool in_dialog(const pjsip_rx_data *rdata)
{
    return rdata->msg_info.to->tag.slen > 0 && rdata->msg_info.msg->line.req.method.id != PJSIP_REGISTER_METHOD;
}

static bool is(const pjsip_rx_data *rdata, const char *method)
{
    return pj_stricmp2(&rdata->msg_info.msg->line.req.method.name, method) == 0;
}

static pj_bool_t early(pjsip_rx_data *rdata)
{
    if (!fx_on_loop())
        return PJ_TRUE;
    if (in_dialog(rdata) || !(is(rdata, "REFER") || is(rdata, "MESSAGE") || is(rdata, "PUBLISH")))
        return PJ_FALSE;
    fx_count(FX_method);
    fx_respond(rdata, 405, "Allow: " METHODS "\n");
    return PJ_TRUE;
}

static void answer_options(pjsip_rx_data *rdata)
{
    fx_count(FX_options);
    fx_respond(rdata, 200, "Allow: " METHODS "\nAccept: application/sdp\nSupported: replaces, timer\n");
}

/* Whose place a call takes is decided in Python: pjsua would put the new call in the place of any whose tags it names,
 * and hang up the old one by itself (RFC 3891).
 */
static const char *take_replaces(pjsip_rx_data *rdata)
{
    static const pj_str_t name = {"Replaces", 8};
    const char *text = fx_header_text(rdata, "Replaces", "Replaces");
    pjsip_hdr *header;

    while ((header = pjsip_msg_find_hdr_by_name(rdata->msg_info.msg, &name, NULL)) != NULL)
        pj_list_erase(header);
    return text;
}

static pj_bool_t invite(pjsip_rx_data *rdata, const struct fx_source *source)
{
    const char *replaces = take_replaces(rdata);
    char user[FX_NAME_MAX];

    if (rdata->msg_info.cid->id.slen >= FX_CALL_ID_MAX) {
        fx_respond(rdata, 400, "");
        return PJ_TRUE;
    }
    if (source->class == FX_TRUNK) {
        fx_count(FX_trunk_invite);
        fx_identity_keep(&rdata->msg_info.cid->id, source, NULL, replaces);
        return PJ_FALSE;
    }
    if (!fx_authenticate(rdata, source, NULL, user))
        return PJ_TRUE;
    fx_identity_keep(&rdata->msg_info.cid->id, source, user, replaces);
    return PJ_FALSE;
}

static pj_bool_t out_of_dialog(pjsip_rx_data *rdata, const struct fx_source *source)
{
    char user[FX_NAME_MAX];

    if (is(rdata, "OPTIONS")) {
        if (source->class != FX_UNKNOWN || fx_authenticate(rdata, source, NULL, user))
            answer_options(rdata);
    } else if (is(rdata, "REGISTER") || is(rdata, "SUBSCRIBE")) {
        if (fx_authenticate(rdata, source, NULL, user))
            fx_ask_python(rdata, source, user);
    } else if (!is(rdata, "ACK")) {
        fx_count(FX_no_dialog);
        fx_respond(rdata, 481, "");
    }
    return PJ_TRUE;
}

static pj_bool_t late(pjsip_rx_data *rdata)
{
    struct fx_source source;

    if (!fx_on_loop() || !fx_source_of(rdata, &source))
        return PJ_TRUE;
    if (is(rdata, "CANCEL"))
        return fx_cancel(rdata, &source);
    if (in_dialog(rdata))
        return fx_in_dialog(rdata, &source);
    if (is(rdata, "INVITE"))
        return invite(rdata, &source);
    return out_of_dialog(rdata, &source);
}

static pj_status_t request_leaves(pjsip_tx_data *tdata)
{
    struct fx_ip ip;

    if (fx_ip_of(&tdata->tp_info.dst_addr, &ip))
        fx_called(&ip);
    fx_dialog_on_request(tdata);
    return PJ_SUCCESS;
}

static pj_status_t answer_leaves(pjsip_tx_data *tdata)
{
    fx_dialog_on_answer(tdata);
    return PJ_SUCCESS;
}

void fx_sip_remove(void)
{
    if (fx_endpoint == NULL)
        return;
    pjsip_tpmgr_set_recv_data_cb(pjsip_endpt_get_tpmgr(fx_endpoint), NULL);
    pjsip_endpt_unregister_module(fx_endpoint, &late_module);
    pjsip_endpt_unregister_module(fx_endpoint, &early_module);
    fx_endpoint = NULL;
}

int fx_sip_install(const char *realm, fx_on_request on_request, fx_on_ban on_ban)
{
    if (fx_endpoint != NULL || strlen(realm) >= FX_NAME_MAX || strpbrk(realm, "\"\\\r\n") != NULL)
        return -1;
    strcpy(fx_realm, realm);
    loop_thread = pthread_self();
    fx_digest_init();
    fx_limits_init(on_ban);
    fx_request_init(on_request);
    fx_endpoint = pjsua_get_pjsip_endpt();
    if (fx_endpoint == NULL || pjsip_endpt_register_module(fx_endpoint, &early_module) != PJ_SUCCESS ||
        pjsip_endpt_register_module(fx_endpoint, &late_module) != PJ_SUCCESS)
        return -1;
    fx_dialog_init(late_module.id);
    pjsip_tpmgr_set_recv_data_cb(pjsip_endpt_get_tpmgr(fx_endpoint), fx_raw_filter);
    return 0;
}
