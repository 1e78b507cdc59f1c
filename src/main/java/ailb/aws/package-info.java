/**
 * The ports' adapters on AWS: the state store and the batch store in a DynamoDB table, the providers' and clients' keys
 * in Secrets Manager, the batch queue in SQS, and the SDK's clients. It makes no decisions.
 */
@NullMarked
package ailb.aws;

import org.jspecify.annotations.NullMarked;
