package ailb.batch;

/**
 * A line as it was submitted, unchecked.
 *
 * @param number of the line or the array's element, from 1; blank lines count
 * @param json without the blanks around it
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes are handed on as they are, never compared
record InputLine(int number, byte[] json) {}
