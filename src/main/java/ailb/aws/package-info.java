/**
 * The ports' adapters on AWS: the state store and the store of batches in a DynamoDB table, the providers' and the
 * clients' keys in Secrets Manager, and the SDK clients they are used with. No decisions.
 */
@NullMarked
package ailb.aws;

import org.jspecify.annotations.NullMarked;
