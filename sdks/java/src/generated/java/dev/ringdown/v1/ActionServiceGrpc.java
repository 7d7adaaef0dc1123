package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Describes the types of actions that flows can use.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ActionServiceGrpc {

  private ActionServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.ActionService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListActionTypesRequest,
      dev.ringdown.v1.ListActionTypesResponse> getListActionTypesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListActionTypes",
      requestType = dev.ringdown.v1.ListActionTypesRequest.class,
      responseType = dev.ringdown.v1.ListActionTypesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListActionTypesRequest,
      dev.ringdown.v1.ListActionTypesResponse> getListActionTypesMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListActionTypesRequest, dev.ringdown.v1.ListActionTypesResponse> getListActionTypesMethod;
    if ((getListActionTypesMethod = ActionServiceGrpc.getListActionTypesMethod) == null) {
      synchronized (ActionServiceGrpc.class) {
        if ((getListActionTypesMethod = ActionServiceGrpc.getListActionTypesMethod) == null) {
          ActionServiceGrpc.getListActionTypesMethod = getListActionTypesMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListActionTypesRequest, dev.ringdown.v1.ListActionTypesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListActionTypes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListActionTypesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListActionTypesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActionServiceMethodDescriptorSupplier("ListActionTypes"))
              .build();
        }
      }
    }
    return getListActionTypesMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ActionServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ActionServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ActionServiceStub>() {
        @java.lang.Override
        public ActionServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ActionServiceStub(channel, callOptions);
        }
      };
    return ActionServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ActionServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ActionServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ActionServiceBlockingV2Stub>() {
        @java.lang.Override
        public ActionServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ActionServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ActionServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ActionServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ActionServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ActionServiceBlockingStub>() {
        @java.lang.Override
        public ActionServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ActionServiceBlockingStub(channel, callOptions);
        }
      };
    return ActionServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ActionServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ActionServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ActionServiceFutureStub>() {
        @java.lang.Override
        public ActionServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ActionServiceFutureStub(channel, callOptions);
        }
      };
    return ActionServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Describes the types of actions that flows can use.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Lists all types of actions, with a description, their requirements and the JSON Schema of their options.
     * </pre>
     */
    default void listActionTypes(dev.ringdown.v1.ListActionTypesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActionTypesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListActionTypesMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ActionService.
   * <pre>
   * Describes the types of actions that flows can use.
   * </pre>
   */
  public static abstract class ActionServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ActionServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ActionService.
   * <pre>
   * Describes the types of actions that flows can use.
   * </pre>
   */
  public static final class ActionServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ActionServiceStub> {
    private ActionServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ActionServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ActionServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists all types of actions, with a description, their requirements and the JSON Schema of their options.
     * </pre>
     */
    public void listActionTypes(dev.ringdown.v1.ListActionTypesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActionTypesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListActionTypesMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ActionService.
   * <pre>
   * Describes the types of actions that flows can use.
   * </pre>
   */
  public static final class ActionServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ActionServiceBlockingV2Stub> {
    private ActionServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ActionServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ActionServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists all types of actions, with a description, their requirements and the JSON Schema of their options.
     * </pre>
     */
    public dev.ringdown.v1.ListActionTypesResponse listActionTypes(dev.ringdown.v1.ListActionTypesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListActionTypesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ActionService.
   * <pre>
   * Describes the types of actions that flows can use.
   * </pre>
   */
  public static final class ActionServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ActionServiceBlockingStub> {
    private ActionServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ActionServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ActionServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists all types of actions, with a description, their requirements and the JSON Schema of their options.
     * </pre>
     */
    public dev.ringdown.v1.ListActionTypesResponse listActionTypes(dev.ringdown.v1.ListActionTypesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListActionTypesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ActionService.
   * <pre>
   * Describes the types of actions that flows can use.
   * </pre>
   */
  public static final class ActionServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ActionServiceFutureStub> {
    private ActionServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ActionServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ActionServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists all types of actions, with a description, their requirements and the JSON Schema of their options.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListActionTypesResponse> listActionTypes(
        dev.ringdown.v1.ListActionTypesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListActionTypesMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_ACTION_TYPES = 0;

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
        case METHODID_LIST_ACTION_TYPES:
          serviceImpl.listActionTypes((dev.ringdown.v1.ListActionTypesRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActionTypesResponse>) responseObserver);
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
          getListActionTypesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListActionTypesRequest,
              dev.ringdown.v1.ListActionTypesResponse>(
                service, METHODID_LIST_ACTION_TYPES)))
        .build();
  }

  private static abstract class ActionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ActionServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.ActionServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ActionService");
    }
  }

  private static final class ActionServiceFileDescriptorSupplier
      extends ActionServiceBaseDescriptorSupplier {
    ActionServiceFileDescriptorSupplier() {}
  }

  private static final class ActionServiceMethodDescriptorSupplier
      extends ActionServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ActionServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ActionServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ActionServiceFileDescriptorSupplier())
              .addMethod(getListActionTypesMethod())
              .build();
        }
      }
    }
    return result;
  }
}
