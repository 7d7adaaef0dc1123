package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Controls the remote parties of simulated phones, for development and tests. With real telephony, every RPC fails with
 * FAILED_PRECONDITION `NOT_SIMULATED`.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class SimulatorServiceGrpc {

  private SimulatorServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.SimulatorService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.SetCalleeRequest,
      dev.ringdown.v1.SetCalleeResponse> getSetCalleeMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetCallee",
      requestType = dev.ringdown.v1.SetCalleeRequest.class,
      responseType = dev.ringdown.v1.SetCalleeResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.SetCalleeRequest,
      dev.ringdown.v1.SetCalleeResponse> getSetCalleeMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.SetCalleeRequest, dev.ringdown.v1.SetCalleeResponse> getSetCalleeMethod;
    if ((getSetCalleeMethod = SimulatorServiceGrpc.getSetCalleeMethod) == null) {
      synchronized (SimulatorServiceGrpc.class) {
        if ((getSetCalleeMethod = SimulatorServiceGrpc.getSetCalleeMethod) == null) {
          SimulatorServiceGrpc.getSetCalleeMethod = getSetCalleeMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.SetCalleeRequest, dev.ringdown.v1.SetCalleeResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetCallee"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SetCalleeRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SetCalleeResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SimulatorServiceMethodDescriptorSupplier("SetCallee"))
              .build();
        }
      }
    }
    return getSetCalleeMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateIncomingCallRequest,
      dev.ringdown.v1.SimulateIncomingCallResponse> getSimulateIncomingCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SimulateIncomingCall",
      requestType = dev.ringdown.v1.SimulateIncomingCallRequest.class,
      responseType = dev.ringdown.v1.SimulateIncomingCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateIncomingCallRequest,
      dev.ringdown.v1.SimulateIncomingCallResponse> getSimulateIncomingCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateIncomingCallRequest, dev.ringdown.v1.SimulateIncomingCallResponse> getSimulateIncomingCallMethod;
    if ((getSimulateIncomingCallMethod = SimulatorServiceGrpc.getSimulateIncomingCallMethod) == null) {
      synchronized (SimulatorServiceGrpc.class) {
        if ((getSimulateIncomingCallMethod = SimulatorServiceGrpc.getSimulateIncomingCallMethod) == null) {
          SimulatorServiceGrpc.getSimulateIncomingCallMethod = getSimulateIncomingCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.SimulateIncomingCallRequest, dev.ringdown.v1.SimulateIncomingCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SimulateIncomingCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SimulateIncomingCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SimulateIncomingCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SimulatorServiceMethodDescriptorSupplier("SimulateIncomingCall"))
              .build();
        }
      }
    }
    return getSimulateIncomingCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateDigitsRequest,
      dev.ringdown.v1.SimulateDigitsResponse> getSimulateDigitsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SimulateDigits",
      requestType = dev.ringdown.v1.SimulateDigitsRequest.class,
      responseType = dev.ringdown.v1.SimulateDigitsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateDigitsRequest,
      dev.ringdown.v1.SimulateDigitsResponse> getSimulateDigitsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateDigitsRequest, dev.ringdown.v1.SimulateDigitsResponse> getSimulateDigitsMethod;
    if ((getSimulateDigitsMethod = SimulatorServiceGrpc.getSimulateDigitsMethod) == null) {
      synchronized (SimulatorServiceGrpc.class) {
        if ((getSimulateDigitsMethod = SimulatorServiceGrpc.getSimulateDigitsMethod) == null) {
          SimulatorServiceGrpc.getSimulateDigitsMethod = getSimulateDigitsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.SimulateDigitsRequest, dev.ringdown.v1.SimulateDigitsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SimulateDigits"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SimulateDigitsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SimulateDigitsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SimulatorServiceMethodDescriptorSupplier("SimulateDigits"))
              .build();
        }
      }
    }
    return getSimulateDigitsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateHangupRequest,
      dev.ringdown.v1.SimulateHangupResponse> getSimulateHangupMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SimulateHangup",
      requestType = dev.ringdown.v1.SimulateHangupRequest.class,
      responseType = dev.ringdown.v1.SimulateHangupResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateHangupRequest,
      dev.ringdown.v1.SimulateHangupResponse> getSimulateHangupMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateHangupRequest, dev.ringdown.v1.SimulateHangupResponse> getSimulateHangupMethod;
    if ((getSimulateHangupMethod = SimulatorServiceGrpc.getSimulateHangupMethod) == null) {
      synchronized (SimulatorServiceGrpc.class) {
        if ((getSimulateHangupMethod = SimulatorServiceGrpc.getSimulateHangupMethod) == null) {
          SimulatorServiceGrpc.getSimulateHangupMethod = getSimulateHangupMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.SimulateHangupRequest, dev.ringdown.v1.SimulateHangupResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SimulateHangup"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SimulateHangupRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SimulateHangupResponse.getDefaultInstance()))
              .setSchemaDescriptor(new SimulatorServiceMethodDescriptorSupplier("SimulateHangup"))
              .build();
        }
      }
    }
    return getSimulateHangupMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static SimulatorServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SimulatorServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SimulatorServiceStub>() {
        @java.lang.Override
        public SimulatorServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SimulatorServiceStub(channel, callOptions);
        }
      };
    return SimulatorServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static SimulatorServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SimulatorServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SimulatorServiceBlockingV2Stub>() {
        @java.lang.Override
        public SimulatorServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SimulatorServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return SimulatorServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static SimulatorServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SimulatorServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SimulatorServiceBlockingStub>() {
        @java.lang.Override
        public SimulatorServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SimulatorServiceBlockingStub(channel, callOptions);
        }
      };
    return SimulatorServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static SimulatorServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<SimulatorServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<SimulatorServiceFutureStub>() {
        @java.lang.Override
        public SimulatorServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new SimulatorServiceFutureStub(channel, callOptions);
        }
      };
    return SimulatorServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Controls the remote parties of simulated phones, for development and tests. With real telephony, every RPC fails with
   * FAILED_PRECONDITION `NOT_SIMULATED`.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Sets the behaviour of a number, for your calls only and from the next call on. It applies to calls that reach the
     * number and to calls that the number makes (SimulateIncomingCall); in the latter, its steps begin when the call is
     * answered. The behaviour persists across restarts of the server until it is set again. At most 10,000 numbers can be
     * set.
     * </pre>
     */
    default void setCallee(dev.ringdown.v1.SetCalleeRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SetCalleeResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetCalleeMethod(), responseObserver);
    }

    /**
     * <pre>
     * Simulates an incoming call that runs a flow.
     * </pre>
     */
    default void simulateIncomingCall(dev.ringdown.v1.SimulateIncomingCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateIncomingCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSimulateIncomingCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes the remote party of a call press digits, 100 ms each, after those that it has yet to press. The response
     * arrives before the digits are pressed; events report their effects. The call must have been answered.
     * </pre>
     */
    default void simulateDigits(dev.ringdown.v1.SimulateDigitsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateDigitsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSimulateDigitsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Makes the remote party of a call hang up.
     * </pre>
     */
    default void simulateHangup(dev.ringdown.v1.SimulateHangupRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateHangupResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSimulateHangupMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service SimulatorService.
   * <pre>
   * Controls the remote parties of simulated phones, for development and tests. With real telephony, every RPC fails with
   * FAILED_PRECONDITION `NOT_SIMULATED`.
   * </pre>
   */
  public static abstract class SimulatorServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return SimulatorServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service SimulatorService.
   * <pre>
   * Controls the remote parties of simulated phones, for development and tests. With real telephony, every RPC fails with
   * FAILED_PRECONDITION `NOT_SIMULATED`.
   * </pre>
   */
  public static final class SimulatorServiceStub
      extends io.grpc.stub.AbstractAsyncStub<SimulatorServiceStub> {
    private SimulatorServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SimulatorServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SimulatorServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Sets the behaviour of a number, for your calls only and from the next call on. It applies to calls that reach the
     * number and to calls that the number makes (SimulateIncomingCall); in the latter, its steps begin when the call is
     * answered. The behaviour persists across restarts of the server until it is set again. At most 10,000 numbers can be
     * set.
     * </pre>
     */
    public void setCallee(dev.ringdown.v1.SetCalleeRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SetCalleeResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetCalleeMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Simulates an incoming call that runs a flow.
     * </pre>
     */
    public void simulateIncomingCall(dev.ringdown.v1.SimulateIncomingCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateIncomingCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSimulateIncomingCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes the remote party of a call press digits, 100 ms each, after those that it has yet to press. The response
     * arrives before the digits are pressed; events report their effects. The call must have been answered.
     * </pre>
     */
    public void simulateDigits(dev.ringdown.v1.SimulateDigitsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateDigitsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSimulateDigitsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Makes the remote party of a call hang up.
     * </pre>
     */
    public void simulateHangup(dev.ringdown.v1.SimulateHangupRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateHangupResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSimulateHangupMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service SimulatorService.
   * <pre>
   * Controls the remote parties of simulated phones, for development and tests. With real telephony, every RPC fails with
   * FAILED_PRECONDITION `NOT_SIMULATED`.
   * </pre>
   */
  public static final class SimulatorServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<SimulatorServiceBlockingV2Stub> {
    private SimulatorServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SimulatorServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SimulatorServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Sets the behaviour of a number, for your calls only and from the next call on. It applies to calls that reach the
     * number and to calls that the number makes (SimulateIncomingCall); in the latter, its steps begin when the call is
     * answered. The behaviour persists across restarts of the server until it is set again. At most 10,000 numbers can be
     * set.
     * </pre>
     */
    public dev.ringdown.v1.SetCalleeResponse setCallee(dev.ringdown.v1.SetCalleeRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetCalleeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Simulates an incoming call that runs a flow.
     * </pre>
     */
    public dev.ringdown.v1.SimulateIncomingCallResponse simulateIncomingCall(dev.ringdown.v1.SimulateIncomingCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSimulateIncomingCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes the remote party of a call press digits, 100 ms each, after those that it has yet to press. The response
     * arrives before the digits are pressed; events report their effects. The call must have been answered.
     * </pre>
     */
    public dev.ringdown.v1.SimulateDigitsResponse simulateDigits(dev.ringdown.v1.SimulateDigitsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSimulateDigitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes the remote party of a call hang up.
     * </pre>
     */
    public dev.ringdown.v1.SimulateHangupResponse simulateHangup(dev.ringdown.v1.SimulateHangupRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSimulateHangupMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service SimulatorService.
   * <pre>
   * Controls the remote parties of simulated phones, for development and tests. With real telephony, every RPC fails with
   * FAILED_PRECONDITION `NOT_SIMULATED`.
   * </pre>
   */
  public static final class SimulatorServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<SimulatorServiceBlockingStub> {
    private SimulatorServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SimulatorServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SimulatorServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Sets the behaviour of a number, for your calls only and from the next call on. It applies to calls that reach the
     * number and to calls that the number makes (SimulateIncomingCall); in the latter, its steps begin when the call is
     * answered. The behaviour persists across restarts of the server until it is set again. At most 10,000 numbers can be
     * set.
     * </pre>
     */
    public dev.ringdown.v1.SetCalleeResponse setCallee(dev.ringdown.v1.SetCalleeRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetCalleeMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Simulates an incoming call that runs a flow.
     * </pre>
     */
    public dev.ringdown.v1.SimulateIncomingCallResponse simulateIncomingCall(dev.ringdown.v1.SimulateIncomingCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSimulateIncomingCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes the remote party of a call press digits, 100 ms each, after those that it has yet to press. The response
     * arrives before the digits are pressed; events report their effects. The call must have been answered.
     * </pre>
     */
    public dev.ringdown.v1.SimulateDigitsResponse simulateDigits(dev.ringdown.v1.SimulateDigitsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSimulateDigitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Makes the remote party of a call hang up.
     * </pre>
     */
    public dev.ringdown.v1.SimulateHangupResponse simulateHangup(dev.ringdown.v1.SimulateHangupRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSimulateHangupMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service SimulatorService.
   * <pre>
   * Controls the remote parties of simulated phones, for development and tests. With real telephony, every RPC fails with
   * FAILED_PRECONDITION `NOT_SIMULATED`.
   * </pre>
   */
  public static final class SimulatorServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<SimulatorServiceFutureStub> {
    private SimulatorServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected SimulatorServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new SimulatorServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Sets the behaviour of a number, for your calls only and from the next call on. It applies to calls that reach the
     * number and to calls that the number makes (SimulateIncomingCall); in the latter, its steps begin when the call is
     * answered. The behaviour persists across restarts of the server until it is set again. At most 10,000 numbers can be
     * set.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.SetCalleeResponse> setCallee(
        dev.ringdown.v1.SetCalleeRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetCalleeMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Simulates an incoming call that runs a flow.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.SimulateIncomingCallResponse> simulateIncomingCall(
        dev.ringdown.v1.SimulateIncomingCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSimulateIncomingCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes the remote party of a call press digits, 100 ms each, after those that it has yet to press. The response
     * arrives before the digits are pressed; events report their effects. The call must have been answered.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.SimulateDigitsResponse> simulateDigits(
        dev.ringdown.v1.SimulateDigitsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSimulateDigitsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Makes the remote party of a call hang up.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.SimulateHangupResponse> simulateHangup(
        dev.ringdown.v1.SimulateHangupRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSimulateHangupMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_SET_CALLEE = 0;
  private static final int METHODID_SIMULATE_INCOMING_CALL = 1;
  private static final int METHODID_SIMULATE_DIGITS = 2;
  private static final int METHODID_SIMULATE_HANGUP = 3;

  private static final class MethodHandlers<Req, Resp> implements
      io.grpc.stub.ServerCalls.UnaryMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ServerStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.ClientStreamingMethod<Req, Resp>,
      io.grpc.stub.ServerCalls.BidiStreamingMethod<Req, Resp> {
    private final AsyncService serviceImpl;
    private final int methodId;

    MethodHandlers(AsyncService serviceImpl, int methodId) {
      this.serviceImpl = serviceImpl;
      this.methodId = methodId;
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public void invoke(Req request, io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        case METHODID_SET_CALLEE:
          serviceImpl.setCallee((dev.ringdown.v1.SetCalleeRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.SetCalleeResponse>) responseObserver);
          break;
        case METHODID_SIMULATE_INCOMING_CALL:
          serviceImpl.simulateIncomingCall((dev.ringdown.v1.SimulateIncomingCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateIncomingCallResponse>) responseObserver);
          break;
        case METHODID_SIMULATE_DIGITS:
          serviceImpl.simulateDigits((dev.ringdown.v1.SimulateDigitsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateDigitsResponse>) responseObserver);
          break;
        case METHODID_SIMULATE_HANGUP:
          serviceImpl.simulateHangup((dev.ringdown.v1.SimulateHangupRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateHangupResponse>) responseObserver);
          break;
        default:
          throw new AssertionError();
      }
    }

    @java.lang.Override
    @java.lang.SuppressWarnings("unchecked")
    public io.grpc.stub.StreamObserver<Req> invoke(
        io.grpc.stub.StreamObserver<Resp> responseObserver) {
      switch (methodId) {
        default:
          throw new AssertionError();
      }
    }
  }

  public static final io.grpc.ServerServiceDefinition bindService(AsyncService service) {
    return io.grpc.ServerServiceDefinition.builder(getServiceDescriptor())
        .addMethod(
          getSetCalleeMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.SetCalleeRequest,
              dev.ringdown.v1.SetCalleeResponse>(
                service, METHODID_SET_CALLEE)))
        .addMethod(
          getSimulateIncomingCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.SimulateIncomingCallRequest,
              dev.ringdown.v1.SimulateIncomingCallResponse>(
                service, METHODID_SIMULATE_INCOMING_CALL)))
        .addMethod(
          getSimulateDigitsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.SimulateDigitsRequest,
              dev.ringdown.v1.SimulateDigitsResponse>(
                service, METHODID_SIMULATE_DIGITS)))
        .addMethod(
          getSimulateHangupMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.SimulateHangupRequest,
              dev.ringdown.v1.SimulateHangupResponse>(
                service, METHODID_SIMULATE_HANGUP)))
        .build();
  }

  private static abstract class SimulatorServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    SimulatorServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.SimulatorServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("SimulatorService");
    }
  }

  private static final class SimulatorServiceFileDescriptorSupplier
      extends SimulatorServiceBaseDescriptorSupplier {
    SimulatorServiceFileDescriptorSupplier() {}
  }

  private static final class SimulatorServiceMethodDescriptorSupplier
      extends SimulatorServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    SimulatorServiceMethodDescriptorSupplier(java.lang.String methodName) {
      this.methodName = methodName;
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.MethodDescriptor getMethodDescriptor() {
      return getServiceDescriptor().findMethodByName(methodName);
    }
  }

  private static volatile io.grpc.ServiceDescriptor serviceDescriptor;

  public static io.grpc.ServiceDescriptor getServiceDescriptor() {
    io.grpc.ServiceDescriptor result = serviceDescriptor;
    if (result == null) {
      synchronized (SimulatorServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new SimulatorServiceFileDescriptorSupplier())
              .addMethod(getSetCalleeMethod())
              .addMethod(getSimulateIncomingCallMethod())
              .addMethod(getSimulateDigitsMethod())
              .addMethod(getSimulateHangupMethod())
              .build();
        }
      }
    }
    return result;
  }
}
