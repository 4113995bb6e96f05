/* Who sent the INVITE that pjsua is looking at. pjsua handles it before the next message is read, so a short memory
 * does.
 */
#include "guard.h"

#include <string.h>

#define KEPT 256

static struct fx_identity kept[KEPT];
static unsigned next;

void fx_identity_keep(const pj_str_t *call_id, const struct fx_source *source, const char *user, const char *replaces)
{
    struct fx_identity *identity = &kept[next++ % KEPT];

    memset(identity, 0, sizeof(*identity));
    if (!fx_str_copy(identity->call_id, sizeof(identity->call_id), call_id))
        identity->call_id[0] = '\0';
    if (user != NULL)
        strcpy(identity->username, user);
    else if (source->trunk != NULL)
        strcpy(identity->trunk, source->trunk->name);
    fx_ip_print(&source->ip, identity->ip);
    if (strlen(replaces) < sizeof(identity->replaces))
        strcpy(identity->replaces, replaces);
}

const struct fx_identity *fx_identity_of(const pj_str_t *call_id)
{
    for (unsigned back = 1; back <= KEPT; back++) {
        const struct fx_identity *identity = &kept[(next - back) % KEPT];

        if (identity->call_id[0] != '\0' && pj_strcmp2(call_id, identity->call_id) == 0)
            return identity;
    }
    return NULL;
}
