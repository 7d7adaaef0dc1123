package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Assigns flows to telephone numbers. Incoming calls and messages start the flows of the number that they arrive at.
 * On a server that runs with `--numbers operator`, only operators create, change and delete numbers; customers then fail
 * with PERMISSION_DENIED `ROLE_NOT_SUFFICIENT`.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class NumberServiceGrpc {

  private NumberServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.NumberService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.CreateNumberRequest,
      dev.ringdown.v1.CreateNumberResponse> getCreateNumberMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateNumber",
      requestType = dev.ringdown.v1.CreateNumberRequest.class,
      responseType = dev.ringdown.v1.CreateNumberResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.CreateNumberRequest,
      dev.ringdown.v1.CreateNumberResponse> getCreateNumberMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.CreateNumberRequest, dev.ringdown.v1.CreateNumberResponse> getCreateNumberMethod;
    if ((getCreateNumberMethod = NumberServiceGrpc.getCreateNumberMethod) == null) {
      synchronized (NumberServiceGrpc.class) {
        if ((getCreateNumberMethod = NumberServiceGrpc.getCreateNumberMethod) == null) {
          NumberServiceGrpc.getCreateNumberMethod = getCreateNumberMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.CreateNumberRequest, dev.ringdown.v1.CreateNumberResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateNumber"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateNumberRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateNumberResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NumberServiceMethodDescriptorSupplier("CreateNumber"))
              .build();
        }
      }
    }
    return getCreateNumberMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetNumberRequest,
      dev.ringdown.v1.GetNumberResponse> getGetNumberMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetNumber",
      requestType = dev.ringdown.v1.GetNumberRequest.class,
      responseType = dev.ringdown.v1.GetNumberResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetNumberRequest,
      dev.ringdown.v1.GetNumberResponse> getGetNumberMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetNumberRequest, dev.ringdown.v1.GetNumberResponse> getGetNumberMethod;
    if ((getGetNumberMethod = NumberServiceGrpc.getGetNumberMethod) == null) {
      synchronized (NumberServiceGrpc.class) {
        if ((getGetNumberMethod = NumberServiceGrpc.getGetNumberMethod) == null) {
          NumberServiceGrpc.getGetNumberMethod = getGetNumberMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetNumberRequest, dev.ringdown.v1.GetNumberResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetNumber"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetNumberRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetNumberResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NumberServiceMethodDescriptorSupplier("GetNumber"))
              .build();
        }
      }
    }
    return getGetNumberMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListNumbersRequest,
      dev.ringdown.v1.ListNumbersResponse> getListNumbersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListNumbers",
      requestType = dev.ringdown.v1.ListNumbersRequest.class,
      responseType = dev.ringdown.v1.ListNumbersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListNumbersRequest,
      dev.ringdown.v1.ListNumbersResponse> getListNumbersMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListNumbersRequest, dev.ringdown.v1.ListNumbersResponse> getListNumbersMethod;
    if ((getListNumbersMethod = NumberServiceGrpc.getListNumbersMethod) == null) {
      synchronized (NumberServiceGrpc.class) {
        if ((getListNumbersMethod = NumberServiceGrpc.getListNumbersMethod) == null) {
          NumberServiceGrpc.getListNumbersMethod = getListNumbersMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListNumbersRequest, dev.ringdown.v1.ListNumbersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListNumbers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListNumbersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListNumbersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NumberServiceMethodDescriptorSupplier("ListNumbers"))
              .build();
        }
      }
    }
    return getListNumbersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateNumberRequest,
      dev.ringdown.v1.UpdateNumberResponse> getUpdateNumberMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateNumber",
      requestType = dev.ringdown.v1.UpdateNumberRequest.class,
      responseType = dev.ringdown.v1.UpdateNumberResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateNumberRequest,
      dev.ringdown.v1.UpdateNumberResponse> getUpdateNumberMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateNumberRequest, dev.ringdown.v1.UpdateNumberResponse> getUpdateNumberMethod;
    if ((getUpdateNumberMethod = NumberServiceGrpc.getUpdateNumberMethod) == null) {
      synchronized (NumberServiceGrpc.class) {
        if ((getUpdateNumberMethod = NumberServiceGrpc.getUpdateNumberMethod) == null) {
          NumberServiceGrpc.getUpdateNumberMethod = getUpdateNumberMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UpdateNumberRequest, dev.ringdown.v1.UpdateNumberResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateNumber"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateNumberRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateNumberResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NumberServiceMethodDescriptorSupplier("UpdateNumber"))
              .build();
        }
      }
    }
    return getUpdateNumberMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteNumberRequest,
      dev.ringdown.v1.DeleteNumberResponse> getDeleteNumberMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteNumber",
      requestType = dev.ringdown.v1.DeleteNumberRequest.class,
      responseType = dev.ringdown.v1.DeleteNumberResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteNumberRequest,
      dev.ringdown.v1.DeleteNumberResponse> getDeleteNumberMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteNumberRequest, dev.ringdown.v1.DeleteNumberResponse> getDeleteNumberMethod;
    if ((getDeleteNumberMethod = NumberServiceGrpc.getDeleteNumberMethod) == null) {
      synchronized (NumberServiceGrpc.class) {
        if ((getDeleteNumberMethod = NumberServiceGrpc.getDeleteNumberMethod) == null) {
          NumberServiceGrpc.getDeleteNumberMethod = getDeleteNumberMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteNumberRequest, dev.ringdown.v1.DeleteNumberResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteNumber"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteNumberRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteNumberResponse.getDefaultInstance()))
              .setSchemaDescriptor(new NumberServiceMethodDescriptorSupplier("DeleteNumber"))
              .build();
        }
      }
    }
    return getDeleteNumberMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static NumberServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NumberServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NumberServiceStub>() {
        @java.lang.Override
        public NumberServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NumberServiceStub(channel, callOptions);
        }
      };
    return NumberServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static NumberServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NumberServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NumberServiceBlockingV2Stub>() {
        @java.lang.Override
        public NumberServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NumberServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return NumberServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static NumberServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NumberServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NumberServiceBlockingStub>() {
        @java.lang.Override
        public NumberServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NumberServiceBlockingStub(channel, callOptions);
        }
      };
    return NumberServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static NumberServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<NumberServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<NumberServiceFutureStub>() {
        @java.lang.Override
        public NumberServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new NumberServiceFutureStub(channel, callOptions);
        }
      };
    return NumberServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Assigns flows to telephone numbers. Incoming calls and messages start the flows of the number that they arrive at.
   * On a server that runs with `--numbers operator`, only operators create, change and delete numbers; customers then fail
   * with PERMISSION_DENIED `ROLE_NOT_SUFFICIENT`.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates a number. A number belongs to a single customer: one that is in use fails with ALREADY_EXISTS
     * `NUMBER_TAKEN`.
     * </pre>
     */
    default void createNumber(dev.ringdown.v1.CreateNumberRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateNumberResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateNumberMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a number.
     * </pre>
     */
    default void getNumber(dev.ringdown.v1.GetNumberRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetNumberResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetNumberMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists numbers, newest first.
     * </pre>
     */
    default void listNumbers(dev.ringdown.v1.ListNumbersRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListNumbersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListNumbersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the flows, name and detail of a number. The number itself cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    default void updateNumber(dev.ringdown.v1.UpdateNumberRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateNumberResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateNumberMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a number. It no longer starts flows and can be created again.
     * </pre>
     */
    default void deleteNumber(dev.ringdown.v1.DeleteNumberRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteNumberResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteNumberMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service NumberService.
   * <pre>
   * Assigns flows to telephone numbers. Incoming calls and messages start the flows of the number that they arrive at.
   * On a server that runs with `--numbers operator`, only operators create, change and delete numbers; customers then fail
   * with PERMISSION_DENIED `ROLE_NOT_SUFFICIENT`.
   * </pre>
   */
  public static abstract class NumberServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return NumberServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service NumberService.
   * <pre>
   * Assigns flows to telephone numbers. Incoming calls and messages start the flows of the number that they arrive at.
   * On a server that runs with `--numbers operator`, only operators create, change and delete numbers; customers then fail
   * with PERMISSION_DENIED `ROLE_NOT_SUFFICIENT`.
   * </pre>
   */
  public static final class NumberServiceStub
      extends io.grpc.stub.AbstractAsyncStub<NumberServiceStub> {
    private NumberServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NumberServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NumberServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a number. A number belongs to a single customer: one that is in use fails with ALREADY_EXISTS
     * `NUMBER_TAKEN`.
     * </pre>
     */
    public void createNumber(dev.ringdown.v1.CreateNumberRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateNumberResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateNumberMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a number.
     * </pre>
     */
    public void getNumber(dev.ringdown.v1.GetNumberRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetNumberResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetNumberMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists numbers, newest first.
     * </pre>
     */
    public void listNumbers(dev.ringdown.v1.ListNumbersRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListNumbersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListNumbersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the flows, name and detail of a number. The number itself cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public void updateNumber(dev.ringdown.v1.UpdateNumberRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateNumberResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateNumberMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a number. It no longer starts flows and can be created again.
     * </pre>
     */
    public void deleteNumber(dev.ringdown.v1.DeleteNumberRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteNumberResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteNumberMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service NumberService.
   * <pre>
   * Assigns flows to telephone numbers. Incoming calls and messages start the flows of the number that they arrive at.
   * On a server that runs with `--numbers operator`, only operators create, change and delete numbers; customers then fail
   * with PERMISSION_DENIED `ROLE_NOT_SUFFICIENT`.
   * </pre>
   */
  public static final class NumberServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<NumberServiceBlockingV2Stub> {
    private NumberServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NumberServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NumberServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a number. A number belongs to a single customer: one that is in use fails with ALREADY_EXISTS
     * `NUMBER_TAKEN`.
     * </pre>
     */
    public dev.ringdown.v1.CreateNumberResponse createNumber(dev.ringdown.v1.CreateNumberRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateNumberMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a number.
     * </pre>
     */
    public dev.ringdown.v1.GetNumberResponse getNumber(dev.ringdown.v1.GetNumberRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetNumberMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists numbers, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListNumbersResponse listNumbers(dev.ringdown.v1.ListNumbersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListNumbersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the flows, name and detail of a number. The number itself cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public dev.ringdown.v1.UpdateNumberResponse updateNumber(dev.ringdown.v1.UpdateNumberRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateNumberMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a number. It no longer starts flows and can be created again.
     * </pre>
     */
    public dev.ringdown.v1.DeleteNumberResponse deleteNumber(dev.ringdown.v1.DeleteNumberRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteNumberMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service NumberService.
   * <pre>
   * Assigns flows to telephone numbers. Incoming calls and messages start the flows of the number that they arrive at.
   * On a server that runs with `--numbers operator`, only operators create, change and delete numbers; customers then fail
   * with PERMISSION_DENIED `ROLE_NOT_SUFFICIENT`.
   * </pre>
   */
  public static final class NumberServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<NumberServiceBlockingStub> {
    private NumberServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NumberServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NumberServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a number. A number belongs to a single customer: one that is in use fails with ALREADY_EXISTS
     * `NUMBER_TAKEN`.
     * </pre>
     */
    public dev.ringdown.v1.CreateNumberResponse createNumber(dev.ringdown.v1.CreateNumberRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateNumberMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a number.
     * </pre>
     */
    public dev.ringdown.v1.GetNumberResponse getNumber(dev.ringdown.v1.GetNumberRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetNumberMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists numbers, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListNumbersResponse listNumbers(dev.ringdown.v1.ListNumbersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListNumbersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the flows, name and detail of a number. The number itself cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public dev.ringdown.v1.UpdateNumberResponse updateNumber(dev.ringdown.v1.UpdateNumberRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateNumberMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a number. It no longer starts flows and can be created again.
     * </pre>
     */
    public dev.ringdown.v1.DeleteNumberResponse deleteNumber(dev.ringdown.v1.DeleteNumberRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteNumberMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service NumberService.
   * <pre>
   * Assigns flows to telephone numbers. Incoming calls and messages start the flows of the number that they arrive at.
   * On a server that runs with `--numbers operator`, only operators create, change and delete numbers; customers then fail
   * with PERMISSION_DENIED `ROLE_NOT_SUFFICIENT`.
   * </pre>
   */
  public static final class NumberServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<NumberServiceFutureStub> {
    private NumberServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected NumberServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new NumberServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a number. A number belongs to a single customer: one that is in use fails with ALREADY_EXISTS
     * `NUMBER_TAKEN`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.CreateNumberResponse> createNumber(
        dev.ringdown.v1.CreateNumberRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateNumberMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a number.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetNumberResponse> getNumber(
        dev.ringdown.v1.GetNumberRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetNumberMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists numbers, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListNumbersResponse> listNumbers(
        dev.ringdown.v1.ListNumbersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListNumbersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the flows, name and detail of a number. The number itself cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UpdateNumberResponse> updateNumber(
        dev.ringdown.v1.UpdateNumberRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateNumberMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a number. It no longer starts flows and can be created again.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteNumberResponse> deleteNumber(
        dev.ringdown.v1.DeleteNumberRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteNumberMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_NUMBER = 0;
  private static final int METHODID_GET_NUMBER = 1;
  private static final int METHODID_LIST_NUMBERS = 2;
  private static final int METHODID_UPDATE_NUMBER = 3;
  private static final int METHODID_DELETE_NUMBER = 4;

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
        case METHODID_CREATE_NUMBER:
          serviceImpl.createNumber((dev.ringdown.v1.CreateNumberRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateNumberResponse>) responseObserver);
          break;
        case METHODID_GET_NUMBER:
          serviceImpl.getNumber((dev.ringdown.v1.GetNumberRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetNumberResponse>) responseObserver);
          break;
        case METHODID_LIST_NUMBERS:
          serviceImpl.listNumbers((dev.ringdown.v1.ListNumbersRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListNumbersResponse>) responseObserver);
          break;
        case METHODID_UPDATE_NUMBER:
          serviceImpl.updateNumber((dev.ringdown.v1.UpdateNumberRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateNumberResponse>) responseObserver);
          break;
        case METHODID_DELETE_NUMBER:
          serviceImpl.deleteNumber((dev.ringdown.v1.DeleteNumberRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteNumberResponse>) responseObserver);
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
          getCreateNumberMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.CreateNumberRequest,
              dev.ringdown.v1.CreateNumberResponse>(
                service, METHODID_CREATE_NUMBER)))
        .addMethod(
          getGetNumberMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetNumberRequest,
              dev.ringdown.v1.GetNumberResponse>(
                service, METHODID_GET_NUMBER)))
        .addMethod(
          getListNumbersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListNumbersRequest,
              dev.ringdown.v1.ListNumbersResponse>(
                service, METHODID_LIST_NUMBERS)))
        .addMethod(
          getUpdateNumberMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UpdateNumberRequest,
              dev.ringdown.v1.UpdateNumberResponse>(
                service, METHODID_UPDATE_NUMBER)))
        .addMethod(
          getDeleteNumberMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteNumberRequest,
              dev.ringdown.v1.DeleteNumberResponse>(
                service, METHODID_DELETE_NUMBER)))
        .build();
  }

  private static abstract class NumberServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    NumberServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.NumberServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("NumberService");
    }
  }

  private static final class NumberServiceFileDescriptorSupplier
      extends NumberServiceBaseDescriptorSupplier {
    NumberServiceFileDescriptorSupplier() {}
  }

  private static final class NumberServiceMethodDescriptorSupplier
      extends NumberServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    NumberServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (NumberServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new NumberServiceFileDescriptorSupplier())
              .addMethod(getCreateNumberMethod())
              .addMethod(getGetNumberMethod())
              .addMethod(getListNumbersMethod())
              .addMethod(getUpdateNumberMethod())
              .addMethod(getDeleteNumberMethod())
              .build();
        }
      }
    }
    return result;
  }
}
