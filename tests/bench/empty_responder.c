/*
 * The floor of the benchmark: what nginx, FastCGI and a libfcgi worker cost when there is
 * nothing to do. Serves the socket with N processes, each in libfcgi's own accept loop,
 * until killed.
 *
 *     empty_responder SOCKET_PATH PROCESSES
 */
#include <fcgiapp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char ANSWER[] = "Status: 200\r\nContent-Type: application/json\r\n\r\n{}\n";

static void serve(int listening) {
    FCGX_Request request;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (FCGX_InitRequest(&request, listening, 0) != 0)
        exit(1);
    while (FCGX_Accept_r(&request) >= 0) {
        char body[8192];
        while (FCGX_GetStr(body, sizeof body, request.in) == (int)sizeof body)
            ;
        FCGX_PutStr(ANSWER, sizeof ANSWER - 1, request.out);
        FCGX_Finish_r(&request);
    }
    exit(1);
}

int main(int argument_count, char **arguments) {
    if (argument_count != 3) {
        fprintf(stderr, "usage: empty_responder SOCKET_PATH PROCESSES\n");
        return 2;
    }
    if (FCGX_Init() != 0)
        return 1;
    int listening = FCGX_OpenSocket(arguments[1], 4096);
    if (listening < 0 || chmod(arguments[1], 0666) != 0) {
        perror(arguments[1]);
        return 1;
    }
    (void)signal(SIGTERM, SIG_DFL);
    for (int process = 0; process < atoi(arguments[2]); process++) {
        pid_t pid = fork();
        if (pid < 0)
            return 1;
        if (pid == 0)
            serve(listening);
    }
    while (wait(NULL) > 0)
        ;
    return 0;
}
