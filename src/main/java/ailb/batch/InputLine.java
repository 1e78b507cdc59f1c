package ailb.batch;

/**
 * A line as it was submitted, not checked yet.
 *
 * @param number from 1: of the line, blank ones counted, or of the element of an array
 * @param json without the blanks around it
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed on as they are, never compared
record InputLine(int number, byte[] json) {}
