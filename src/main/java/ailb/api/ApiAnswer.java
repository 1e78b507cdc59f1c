package ailb.api;

/** The API's answer to a request: a whole response, or a stream that is produced while it is sent (ADR 24). */
public sealed interface ApiAnswer permits ApiResponse, ApiStream {}
