/* Requests within a dialog come from where the dialog came from, or prove who they are. pjsip checks tags and no more,
 * so that anyone who has seen them could hang up or redirect the call.
 *
 * A dialog is bound by itself: ours when its first request leaves, to the address that it leaves for; the far end's
 * when the first answer to its INVITE leaves.
 */
#include "guard.h"

#include <string.h>

#define ADDRESSES 4 /* a phone that moved and proved who it is, a request that fell over to another server */

struct party {
    struct fx_ip ip[ADDRESSES];
    unsigned count; /* of addresses learned; the last ADDRESSES of them are kept */
    char username[FX_NAME_MAX];
    char trunk[FX_NAME_MAX];
};

static int module_id;

void fx_dialog_init(int id)
{
    module_id = id;
}

static void learn(struct party *party, const struct fx_ip *ip)
{
    party->ip[party->count++ % ADDRESSES] = *ip;
}

static bool is_known(const struct party *party, const struct fx_ip *ip)
{
    for (unsigned i = 0; i < PJ_MIN(party->count, ADDRESSES); i++)
        if (fx_ip_equal(&party->ip[i], ip))
            return true;
    return party->trunk[0] != '\0' && fx_trunk_has(party->trunk, ip);
}

static struct party *party_of(pjsip_dialog *dialog)
{
    if (dialog->mod_data[module_id] == NULL)
        dialog->mod_data[module_id] = pj_pool_zalloc(dialog->pool, sizeof(struct party));
    return dialog->mod_data[module_id];
}

static void bind_ours(pjsip_dialog *dialog, const pjsip_tx_data *tdata)
{
    struct party *party = party_of(dialog);
    uint32_t port = (uint32_t)tdata->tp_info.dst_port;
    const struct fx_trunk *trunk;
    const char *user;
    struct fx_ip ip;

    if (!fx_ip_of(&tdata->tp_info.dst_addr, &ip) || is_known(party, &ip))
        return;
    learn(party, &ip);
    user = fx_bound_user(&ip, port);
    trunk = fx_trunk_at(&ip, port, (uint32_t)fx_transport_of(tdata->tp_info.transport));
    if (user != NULL)
        strcpy(party->username, user);
    else if (trunk != NULL)
        strcpy(party->trunk, trunk->name);
}

static void bind_theirs(pjsip_dialog *dialog)
{
    const struct fx_identity *identity = fx_identity_of(&dialog->call_id->id);
    struct party *party;
    struct fx_ip ip;

    if (identity == NULL || !fx_ip_parse(identity->ip, &ip))
        return;
    party = party_of(dialog);
    learn(party, &ip);
    strcpy(party->username, identity->username);
    strcpy(party->trunk, identity->trunk);
}

void fx_dialog_on_request(pjsip_tx_data *tdata)
{
    pjsip_dialog *dialog = pjsip_tdata_get_dlg(tdata);

    if (dialog != NULL && dialog->role == PJSIP_ROLE_UAC && dialog->remote.info->tag.slen == 0)
        bind_ours(dialog, tdata);
}

void fx_dialog_on_answer(pjsip_tx_data *tdata)
{
    pjsip_dialog *dialog = pjsip_tdata_get_dlg(tdata);

    if (dialog != NULL && dialog->role == PJSIP_ROLE_UAS && dialog->mod_data[module_id] == NULL)
        bind_theirs(dialog);
}

/* As pjsip's UA layer will look it up, but with the Call-ID compared too. Before the first answer the far end has no
 * tag.
 */
static pjsip_dialog *find(pjsip_rx_data *rdata)
{
    static const pj_str_t none = {NULL, 0};
    pjsip_dialog *dialog = pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &rdata->msg_info.to->tag,
                                                &rdata->msg_info.from->tag, PJ_FALSE);

    if (dialog == NULL)
        dialog = pjsip_ua_find_dialog(&rdata->msg_info.cid->id, &rdata->msg_info.to->tag, &none, PJ_FALSE);
    return dialog;
}

/* From elsewhere: one who has an account with us may prove it, and is known from then on. */
static bool proves(pjsip_rx_data *rdata, const struct fx_source *source, struct party *party)
{
    char user[FX_NAME_MAX];

    fx_count(FX_forged);
    if (rdata->msg_info.msg->line.req.method.id == PJSIP_ACK_METHOD)
        return false;
    if (party == NULL || party->username[0] == '\0') {
        fx_respond(rdata, 403, "");
        return false;
    }
    if (!fx_authenticate(rdata, source, party->username, user))
        return false;
    learn(party, &source->ip);
    return true;
}

int fx_dialog_is(const char *call_id, const char *local_tag, const char *remote_tag)
{
    pj_str_t id = pj_str((char *)call_id), local = pj_str((char *)local_tag), remote = pj_str((char *)remote_tag);

    return pjsip_ua_find_dialog(&id, &local, &remote, PJ_FALSE) != NULL;
}

/* The dialogs of subscriptions are kept in Python, over a restart too: who asks proves it each time. */
static void subscribe(pjsip_rx_data *rdata, const struct fx_source *source)
{
    char user[FX_NAME_MAX];

    if (fx_authenticate(rdata, source, NULL, user))
        fx_ask_python(rdata, source, user);
}

pj_bool_t fx_in_dialog(pjsip_rx_data *rdata, const struct fx_source *source)
{
    pjsip_msg *msg = rdata->msg_info.msg;
    pjsip_dialog *dialog = find(rdata);
    struct party *party;

    if (dialog == NULL && pj_stricmp2(&msg->line.req.method.name, "SUBSCRIBE") == 0) {
        subscribe(rdata, source);
        return PJ_TRUE;
    }
    if (dialog == NULL) {
        fx_count(FX_no_dialog);
        if (msg->line.req.method.id != PJSIP_ACK_METHOD)
            fx_respond(rdata, 481, "");
        return PJ_TRUE;
    }
    party = dialog->mod_data[module_id];
    if ((party == NULL || !is_known(party, &source->ip)) && !proves(rdata, source, party))
        return PJ_TRUE;
    if (msg->line.req.method.id == PJSIP_ACK_METHOD)
        fx_reinvite_on_ack(dialog);
    if (pj_stricmp2(&msg->line.req.method.name, "REFER") != 0)
        return PJ_FALSE;
    if (party != NULL && party->trunk[0] != '\0') {
        fx_count(FX_trunk_refer);
        fx_respond(rdata, 403, "");
    } else {
        fx_ask_python(rdata, source, party == NULL ? "" : party->username);
    }
    return PJ_TRUE; /* pjsua would call whatever Refer-To names */
}

/* CANCEL has no tag of ours: it names the INVITE's transaction. From elsewhere it is dropped. */
pj_bool_t fx_cancel(pjsip_rx_data *rdata, const struct fx_source *source)
{
    const struct party *party;
    pjsip_transaction *transaction;
    pjsip_dialog *dialog;
    pj_str_t key;

    if (pjsip_tsx_create_key(rdata->tp_info.pool, &key, PJSIP_ROLE_UAS, &pjsip_invite_method, rdata) != PJ_SUCCESS)
        return PJ_TRUE;
    transaction = pjsip_tsx_layer_find_tsx(&key, PJ_FALSE);
    dialog = transaction == NULL ? NULL : pjsip_tsx_get_dlg(transaction);
    if (dialog == NULL)
        return PJ_FALSE; /* 481 by the stack */
    party = dialog->mod_data[module_id];
    if (party != NULL && is_known(party, &source->ip))
        return PJ_FALSE;
    fx_count(FX_forged);
    return PJ_TRUE;
}
