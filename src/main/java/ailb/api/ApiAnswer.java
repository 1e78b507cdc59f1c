package ailb.api;

/** What the API answers a request with: all of it at once, or a stream that is made while it is sent. */
public sealed interface ApiAnswer permits ApiResponse, ApiStream {}
