#include "prometheus_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char PREFIX[] = "video_call_";

/* Splits name{labels} value in place. */
static bool read_line(char *line, struct sample *sample) {
    char *space = strrchr(line, ' ');
    char *open = strchr(line, '{');
    char *end = NULL;

    if (space == NULL || strncmp(line, PREFIX, strlen(PREFIX)) != 0)
        return false;
    *space = '\0';
    sample->value = strtod(space + 1, &end);
    sample->name = line + strlen(PREFIX);
    sample->labels = "";
    if (open != NULL) {
        if (space == line || space[-1] != '}')
            return false;
        *open = '\0';
        space[-1] = '\0';
        sample->labels = open + 1;
    }
    return end != space + 1 && *end == '\0';
}

static size_t count_lines(const char *text) {
    size_t count = 1;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

bool prometheus_text_read(char *text, struct prometheus_text *samples) {
    char *rest = text;

    *samples = (struct prometheus_text){.count = 0};
    samples->all = calloc(count_lines(text), sizeof *samples->all);
    while (samples->all != NULL && rest != NULL) {
        char *line = strsep(&rest, "\n");
        if (line[0] == '\0' || line[0] == '#')
            continue;
        if (!read_line(line, &samples->all[samples->count++])) {
            prometheus_text_free(samples);
            return false;
        }
    }
    return samples->all != NULL;
}

void prometheus_text_free(struct prometheus_text *samples) {
    free(samples->all);
    *samples = (struct prometheus_text){.count = 0};
}

static bool fits(const struct sample *sample, const char *name, const char *labels) {
    return strcmp(sample->name, name) == 0 && strstr(sample->labels, labels) != NULL;
}

double prometheus_text_sum(const struct prometheus_text *samples, const char *name,
                           const char *labels) {
    double sum = 0;

    for (size_t at = 0; at < samples->count; at++)
        if (fits(&samples->all[at], name, labels))
            sum += samples->all[at].value;
    return sum;
}

bool prometheus_text_label(const struct sample *sample, const char *label, char *text,
                           size_t text_bytes) {
    char wanted[32];

    (void)snprintf(wanted, sizeof wanted, "%s=\"", label);
    const char *value = strstr(sample->labels, wanted);
    if (value == NULL)
        return false;
    value += strlen(wanted);
    (void)snprintf(text, text_bytes, "%.*s", (int)strcspn(value, "\""), value);
    return true;
}

/* Buckets ascend; within one, observations are taken as evenly spread. */
double prometheus_text_quantile(const struct prometheus_text *samples, const char *name,
                                const char *labels, double part) {
    char bucket[64], count[64], text[32];
    double below = 0, lower = 0;

    (void)snprintf(bucket, sizeof bucket, "%s_bucket", name);
    (void)snprintf(count, sizeof count, "%s_count", name);
    double all = prometheus_text_sum(samples, count, labels);
    for (size_t at = 0; at < samples->count && all > 0; at++) {
        const struct sample *sample = &samples->all[at];
        if (!fits(sample, bucket, labels) ||
            !prometheus_text_label(sample, "le", text, sizeof text))
            continue;
        double upper = strtod(text, NULL);
        if (sample->value >= part * all)
            return isinf(upper) ? lower
                                : lower + (upper - lower) * (part * all - below) /
                                              (sample->value - below);
        below = sample->value;
        lower = upper;
    }
    return 0;
}
