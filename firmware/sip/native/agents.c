/* Lists of User-Agents: programs that look for open exchanges, and devices that give up when they see a challenge that
 * they do not know. A list is parts of names, lower case, one a line.
 */
#include "guard.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#define AGENT_MAX 128 /* bytes of a User-Agent that are looked at */

static char *lists[FX_AGENT_LISTS]; /* parts, each ended by NUL; an empty one ends the list */

int fx_agents_set(int which, const char *agents)
{
    size_t length = strlen(agents);
    char *list, *at;

    if (which < 0 || which >= FX_AGENT_LISTS || (list = calloc(1, length + 2)) == NULL)
        return -1;
    at = list;
    for (size_t i = 0; i < length; i++)
        if (agents[i] != '\n')
            *at++ = agents[i];
        else if (at > list && at[-1] != '\0')
            *at++ = '\0';
    free(lists[which]);
    lists[which] = list;
    return 0;
}

bool fx_agent_listed(enum fx_agents which, const char *name, size_t length)
{
    char lower[AGENT_MAX + 1];

    length = PJ_MIN(length, AGENT_MAX);
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    lower[length] = '\0';
    for (const char *agent = lists[which]; agent != NULL && *agent != '\0'; agent += strlen(agent) + 1)
        if (strstr(lower, agent) != NULL)
            return true;
    return false;
}
