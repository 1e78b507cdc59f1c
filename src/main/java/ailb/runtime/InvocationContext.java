package ailb.runtime;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;

/** The context of an invocation for a handler. It has no mobile client context and no Cognito identity. */
final class InvocationContext implements Context {

    private final Invocation invocation;
    private final FunctionEnvironment function;
    private final LambdaLogger logger;
    private final InstantSource clock;

    InvocationContext(Invocation invocation, FunctionEnvironment function, LambdaLogger logger, InstantSource clock) {
        this.invocation = invocation;
        this.function = function;
        this.logger = logger;
        this.clock = clock;
    }

    @Override
    public String getAwsRequestId() {
        return invocation.id();
    }

    @Override
    public String getLogGroupName() {
        return function.logGroup();
    }

    @Override
    public String getLogStreamName() {
        return function.logStream();
    }

    @Override
    public String getFunctionName() {
        return function.name();
    }

    @Override
    public String getFunctionVersion() {
        return function.version();
    }

    @Override
    public String getInvokedFunctionArn() {
        return invocation.functionArn();
    }

    @Override
    public @Nullable CognitoIdentity getIdentity() {
        return null;
    }

    @Override
    public @Nullable ClientContext getClientContext() {
        return null;
    }

    /** Never negative. */
    @Override
    public int getRemainingTimeInMillis() {
        return Math.clamp(invocation.deadlineMillis() - clock.millis(), 0, Integer.MAX_VALUE);
    }

    @Override
    public int getMemoryLimitInMB() {
        return function.memoryMegabytes();
    }

    @Override
    public LambdaLogger getLogger() {
        return logger;
    }

    @Override
    public @Nullable String getTenantId() {
        return invocation.tenantId();
    }

    @Override
    public @Nullable String getXrayTraceId() {
        return invocation.traceId();
    }
}
