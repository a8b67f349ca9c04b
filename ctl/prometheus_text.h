/*
 * prometheus_text: what a pool's metrics say, read from Prometheus's text format 0.0.4 as
 * fcgi/metrics.c writes it.
 */
#ifndef VIDEO_CALL_PROMETHEUS_TEXT_H
#define VIDEO_CALL_PROMETHEUS_TEXT_H

#include "base/attributes.h"

#include <stdbool.h>
#include <stddef.h>

struct sample {
    const char *name;   /* without "video_call_" */
    const char *labels; /* "route=\"token\",le=\"0.1\"", or empty */
    double value;
};

struct prometheus_text {
    struct sample *all;
    size_t count;
};

/*
 * Parses the text in place: it must outlive the samples. False, without samples, if out of
 * memory or in another format. Free with prometheus_text_free.
 */
bool prometheus_text_read(char *text,
                          struct prometheus_text *samples) MUST_CHECK NONNULL_ALL;

/* The sum of the samples of that name whose labels contain the text ("" for all). */
double prometheus_text_sum(const struct prometheus_text *samples, const char *name,
                           const char *labels) NONNULL_ALL;

/*
 * A quantile (part, from 0 to 1) of a histogram, estimated from its buckets as Prometheus's
 * histogram_quantile does; name is without "_bucket". 0 for an empty histogram.
 */
double prometheus_text_quantile(const struct prometheus_text *samples, const char *name,
                                const char *labels, double part) NONNULL_ALL;

/* Copies the value of a label into text; false if there is none. */
bool prometheus_text_label(const struct sample *sample, const char *label, char *text,
                           size_t text_bytes) NONNULL_ALL;

void prometheus_text_free(struct prometheus_text *samples) NONNULL_ALL;

#endif
