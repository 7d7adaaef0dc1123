package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Manages access keys, the credentials that programs use.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class AccessKeyServiceGrpc {

  private AccessKeyServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.AccessKeyService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.CreateAccessKeyRequest,
      dev.ringdown.v1.CreateAccessKeyResponse> getCreateAccessKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateAccessKey",
      requestType = dev.ringdown.v1.CreateAccessKeyRequest.class,
      responseType = dev.ringdown.v1.CreateAccessKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.CreateAccessKeyRequest,
      dev.ringdown.v1.CreateAccessKeyResponse> getCreateAccessKeyMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.CreateAccessKeyRequest, dev.ringdown.v1.CreateAccessKeyResponse> getCreateAccessKeyMethod;
    if ((getCreateAccessKeyMethod = AccessKeyServiceGrpc.getCreateAccessKeyMethod) == null) {
      synchronized (AccessKeyServiceGrpc.class) {
        if ((getCreateAccessKeyMethod = AccessKeyServiceGrpc.getCreateAccessKeyMethod) == null) {
          AccessKeyServiceGrpc.getCreateAccessKeyMethod = getCreateAccessKeyMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.CreateAccessKeyRequest, dev.ringdown.v1.CreateAccessKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateAccessKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateAccessKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateAccessKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessKeyServiceMethodDescriptorSupplier("CreateAccessKey"))
              .build();
        }
      }
    }
    return getCreateAccessKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetAccessKeyRequest,
      dev.ringdown.v1.GetAccessKeyResponse> getGetAccessKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetAccessKey",
      requestType = dev.ringdown.v1.GetAccessKeyRequest.class,
      responseType = dev.ringdown.v1.GetAccessKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetAccessKeyRequest,
      dev.ringdown.v1.GetAccessKeyResponse> getGetAccessKeyMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetAccessKeyRequest, dev.ringdown.v1.GetAccessKeyResponse> getGetAccessKeyMethod;
    if ((getGetAccessKeyMethod = AccessKeyServiceGrpc.getGetAccessKeyMethod) == null) {
      synchronized (AccessKeyServiceGrpc.class) {
        if ((getGetAccessKeyMethod = AccessKeyServiceGrpc.getGetAccessKeyMethod) == null) {
          AccessKeyServiceGrpc.getGetAccessKeyMethod = getGetAccessKeyMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetAccessKeyRequest, dev.ringdown.v1.GetAccessKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetAccessKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetAccessKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetAccessKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessKeyServiceMethodDescriptorSupplier("GetAccessKey"))
              .build();
        }
      }
    }
    return getGetAccessKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListAccessKeysRequest,
      dev.ringdown.v1.ListAccessKeysResponse> getListAccessKeysMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListAccessKeys",
      requestType = dev.ringdown.v1.ListAccessKeysRequest.class,
      responseType = dev.ringdown.v1.ListAccessKeysResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListAccessKeysRequest,
      dev.ringdown.v1.ListAccessKeysResponse> getListAccessKeysMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListAccessKeysRequest, dev.ringdown.v1.ListAccessKeysResponse> getListAccessKeysMethod;
    if ((getListAccessKeysMethod = AccessKeyServiceGrpc.getListAccessKeysMethod) == null) {
      synchronized (AccessKeyServiceGrpc.class) {
        if ((getListAccessKeysMethod = AccessKeyServiceGrpc.getListAccessKeysMethod) == null) {
          AccessKeyServiceGrpc.getListAccessKeysMethod = getListAccessKeysMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListAccessKeysRequest, dev.ringdown.v1.ListAccessKeysResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListAccessKeys"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListAccessKeysRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListAccessKeysResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessKeyServiceMethodDescriptorSupplier("ListAccessKeys"))
              .build();
        }
      }
    }
    return getListAccessKeysMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateAccessKeyRequest,
      dev.ringdown.v1.UpdateAccessKeyResponse> getUpdateAccessKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateAccessKey",
      requestType = dev.ringdown.v1.UpdateAccessKeyRequest.class,
      responseType = dev.ringdown.v1.UpdateAccessKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateAccessKeyRequest,
      dev.ringdown.v1.UpdateAccessKeyResponse> getUpdateAccessKeyMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateAccessKeyRequest, dev.ringdown.v1.UpdateAccessKeyResponse> getUpdateAccessKeyMethod;
    if ((getUpdateAccessKeyMethod = AccessKeyServiceGrpc.getUpdateAccessKeyMethod) == null) {
      synchronized (AccessKeyServiceGrpc.class) {
        if ((getUpdateAccessKeyMethod = AccessKeyServiceGrpc.getUpdateAccessKeyMethod) == null) {
          AccessKeyServiceGrpc.getUpdateAccessKeyMethod = getUpdateAccessKeyMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UpdateAccessKeyRequest, dev.ringdown.v1.UpdateAccessKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateAccessKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateAccessKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateAccessKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessKeyServiceMethodDescriptorSupplier("UpdateAccessKey"))
              .build();
        }
      }
    }
    return getUpdateAccessKeyMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteAccessKeyRequest,
      dev.ringdown.v1.DeleteAccessKeyResponse> getDeleteAccessKeyMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteAccessKey",
      requestType = dev.ringdown.v1.DeleteAccessKeyRequest.class,
      responseType = dev.ringdown.v1.DeleteAccessKeyResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteAccessKeyRequest,
      dev.ringdown.v1.DeleteAccessKeyResponse> getDeleteAccessKeyMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteAccessKeyRequest, dev.ringdown.v1.DeleteAccessKeyResponse> getDeleteAccessKeyMethod;
    if ((getDeleteAccessKeyMethod = AccessKeyServiceGrpc.getDeleteAccessKeyMethod) == null) {
      synchronized (AccessKeyServiceGrpc.class) {
        if ((getDeleteAccessKeyMethod = AccessKeyServiceGrpc.getDeleteAccessKeyMethod) == null) {
          AccessKeyServiceGrpc.getDeleteAccessKeyMethod = getDeleteAccessKeyMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteAccessKeyRequest, dev.ringdown.v1.DeleteAccessKeyResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteAccessKey"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteAccessKeyRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteAccessKeyResponse.getDefaultInstance()))
              .setSchemaDescriptor(new AccessKeyServiceMethodDescriptorSupplier("DeleteAccessKey"))
              .build();
        }
      }
    }
    return getDeleteAccessKeyMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static AccessKeyServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AccessKeyServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AccessKeyServiceStub>() {
        @java.lang.Override
        public AccessKeyServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AccessKeyServiceStub(channel, callOptions);
        }
      };
    return AccessKeyServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static AccessKeyServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AccessKeyServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AccessKeyServiceBlockingV2Stub>() {
        @java.lang.Override
        public AccessKeyServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AccessKeyServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return AccessKeyServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static AccessKeyServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AccessKeyServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AccessKeyServiceBlockingStub>() {
        @java.lang.Override
        public AccessKeyServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AccessKeyServiceBlockingStub(channel, callOptions);
        }
      };
    return AccessKeyServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static AccessKeyServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<AccessKeyServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<AccessKeyServiceFutureStub>() {
        @java.lang.Override
        public AccessKeyServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new AccessKeyServiceFutureStub(channel, callOptions);
        }
      };
    return AccessKeyServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Manages access keys, the credentials that programs use.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates an access key. Only this response contains the key itself. A key cannot create one with more rights than its
     * own.
     * </pre>
     */
    default void createAccessKey(dev.ringdown.v1.CreateAccessKeyRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateAccessKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateAccessKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns an access key, without the key itself.
     * </pre>
     */
    default void getAccessKey(dev.ringdown.v1.GetAccessKeyRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetAccessKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetAccessKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists access keys, newest first, without the keys themselves.
     * </pre>
     */
    default void listAccessKeys(dev.ringdown.v1.ListAccessKeysRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListAccessKeysResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListAccessKeysMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the name and detail of an access key.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    default void updateAccessKey(dev.ringdown.v1.UpdateAccessKeyRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateAccessKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateAccessKeyMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes an access key. It is refused from now on, tokens that come from it are refused as well, and watches of both
     * end with UNAUTHENTICATED `INVALID_CREDENTIALS`. Other servers on the same database do so within ten seconds.
     * </pre>
     */
    default void deleteAccessKey(dev.ringdown.v1.DeleteAccessKeyRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteAccessKeyResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteAccessKeyMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service AccessKeyService.
   * <pre>
   * Manages access keys, the credentials that programs use.
   * </pre>
   */
  public static abstract class AccessKeyServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return AccessKeyServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service AccessKeyService.
   * <pre>
   * Manages access keys, the credentials that programs use.
   * </pre>
   */
  public static final class AccessKeyServiceStub
      extends io.grpc.stub.AbstractAsyncStub<AccessKeyServiceStub> {
    private AccessKeyServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AccessKeyServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AccessKeyServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates an access key. Only this response contains the key itself. A key cannot create one with more rights than its
     * own.
     * </pre>
     */
    public void createAccessKey(dev.ringdown.v1.CreateAccessKeyRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateAccessKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateAccessKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns an access key, without the key itself.
     * </pre>
     */
    public void getAccessKey(dev.ringdown.v1.GetAccessKeyRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetAccessKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetAccessKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists access keys, newest first, without the keys themselves.
     * </pre>
     */
    public void listAccessKeys(dev.ringdown.v1.ListAccessKeysRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListAccessKeysResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListAccessKeysMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the name and detail of an access key.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public void updateAccessKey(dev.ringdown.v1.UpdateAccessKeyRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateAccessKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateAccessKeyMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes an access key. It is refused from now on, tokens that come from it are refused as well, and watches of both
     * end with UNAUTHENTICATED `INVALID_CREDENTIALS`. Other servers on the same database do so within ten seconds.
     * </pre>
     */
    public void deleteAccessKey(dev.ringdown.v1.DeleteAccessKeyRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteAccessKeyResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteAccessKeyMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service AccessKeyService.
   * <pre>
   * Manages access keys, the credentials that programs use.
   * </pre>
   */
  public static final class AccessKeyServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<AccessKeyServiceBlockingV2Stub> {
    private AccessKeyServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AccessKeyServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AccessKeyServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates an access key. Only this response contains the key itself. A key cannot create one with more rights than its
     * own.
     * </pre>
     */
    public dev.ringdown.v1.CreateAccessKeyResponse createAccessKey(dev.ringdown.v1.CreateAccessKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateAccessKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns an access key, without the key itself.
     * </pre>
     */
    public dev.ringdown.v1.GetAccessKeyResponse getAccessKey(dev.ringdown.v1.GetAccessKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetAccessKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists access keys, newest first, without the keys themselves.
     * </pre>
     */
    public dev.ringdown.v1.ListAccessKeysResponse listAccessKeys(dev.ringdown.v1.ListAccessKeysRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListAccessKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the name and detail of an access key.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public dev.ringdown.v1.UpdateAccessKeyResponse updateAccessKey(dev.ringdown.v1.UpdateAccessKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateAccessKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes an access key. It is refused from now on, tokens that come from it are refused as well, and watches of both
     * end with UNAUTHENTICATED `INVALID_CREDENTIALS`. Other servers on the same database do so within ten seconds.
     * </pre>
     */
    public dev.ringdown.v1.DeleteAccessKeyResponse deleteAccessKey(dev.ringdown.v1.DeleteAccessKeyRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteAccessKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service AccessKeyService.
   * <pre>
   * Manages access keys, the credentials that programs use.
   * </pre>
   */
  public static final class AccessKeyServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<AccessKeyServiceBlockingStub> {
    private AccessKeyServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AccessKeyServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AccessKeyServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates an access key. Only this response contains the key itself. A key cannot create one with more rights than its
     * own.
     * </pre>
     */
    public dev.ringdown.v1.CreateAccessKeyResponse createAccessKey(dev.ringdown.v1.CreateAccessKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateAccessKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns an access key, without the key itself.
     * </pre>
     */
    public dev.ringdown.v1.GetAccessKeyResponse getAccessKey(dev.ringdown.v1.GetAccessKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetAccessKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists access keys, newest first, without the keys themselves.
     * </pre>
     */
    public dev.ringdown.v1.ListAccessKeysResponse listAccessKeys(dev.ringdown.v1.ListAccessKeysRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListAccessKeysMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the name and detail of an access key.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public dev.ringdown.v1.UpdateAccessKeyResponse updateAccessKey(dev.ringdown.v1.UpdateAccessKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateAccessKeyMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes an access key. It is refused from now on, tokens that come from it are refused as well, and watches of both
     * end with UNAUTHENTICATED `INVALID_CREDENTIALS`. Other servers on the same database do so within ten seconds.
     * </pre>
     */
    public dev.ringdown.v1.DeleteAccessKeyResponse deleteAccessKey(dev.ringdown.v1.DeleteAccessKeyRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteAccessKeyMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service AccessKeyService.
   * <pre>
   * Manages access keys, the credentials that programs use.
   * </pre>
   */
  public static final class AccessKeyServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<AccessKeyServiceFutureStub> {
    private AccessKeyServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected AccessKeyServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new AccessKeyServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates an access key. Only this response contains the key itself. A key cannot create one with more rights than its
     * own.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.CreateAccessKeyResponse> createAccessKey(
        dev.ringdown.v1.CreateAccessKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateAccessKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns an access key, without the key itself.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetAccessKeyResponse> getAccessKey(
        dev.ringdown.v1.GetAccessKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetAccessKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists access keys, newest first, without the keys themselves.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListAccessKeysResponse> listAccessKeys(
        dev.ringdown.v1.ListAccessKeysRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListAccessKeysMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the name and detail of an access key.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UpdateAccessKeyResponse> updateAccessKey(
        dev.ringdown.v1.UpdateAccessKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateAccessKeyMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes an access key. It is refused from now on, tokens that come from it are refused as well, and watches of both
     * end with UNAUTHENTICATED `INVALID_CREDENTIALS`. Other servers on the same database do so within ten seconds.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteAccessKeyResponse> deleteAccessKey(
        dev.ringdown.v1.DeleteAccessKeyRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteAccessKeyMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_ACCESS_KEY = 0;
  private static final int METHODID_GET_ACCESS_KEY = 1;
  private static final int METHODID_LIST_ACCESS_KEYS = 2;
  private static final int METHODID_UPDATE_ACCESS_KEY = 3;
  private static final int METHODID_DELETE_ACCESS_KEY = 4;

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
        case METHODID_CREATE_ACCESS_KEY:
          serviceImpl.createAccessKey((dev.ringdown.v1.CreateAccessKeyRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateAccessKeyResponse>) responseObserver);
          break;
        case METHODID_GET_ACCESS_KEY:
          serviceImpl.getAccessKey((dev.ringdown.v1.GetAccessKeyRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetAccessKeyResponse>) responseObserver);
          break;
        case METHODID_LIST_ACCESS_KEYS:
          serviceImpl.listAccessKeys((dev.ringdown.v1.ListAccessKeysRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListAccessKeysResponse>) responseObserver);
          break;
        case METHODID_UPDATE_ACCESS_KEY:
          serviceImpl.updateAccessKey((dev.ringdown.v1.UpdateAccessKeyRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateAccessKeyResponse>) responseObserver);
          break;
        case METHODID_DELETE_ACCESS_KEY:
          serviceImpl.deleteAccessKey((dev.ringdown.v1.DeleteAccessKeyRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteAccessKeyResponse>) responseObserver);
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
          getCreateAccessKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.CreateAccessKeyRequest,
              dev.ringdown.v1.CreateAccessKeyResponse>(
                service, METHODID_CREATE_ACCESS_KEY)))
        .addMethod(
          getGetAccessKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetAccessKeyRequest,
              dev.ringdown.v1.GetAccessKeyResponse>(
                service, METHODID_GET_ACCESS_KEY)))
        .addMethod(
          getListAccessKeysMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListAccessKeysRequest,
              dev.ringdown.v1.ListAccessKeysResponse>(
                service, METHODID_LIST_ACCESS_KEYS)))
        .addMethod(
          getUpdateAccessKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UpdateAccessKeyRequest,
              dev.ringdown.v1.UpdateAccessKeyResponse>(
                service, METHODID_UPDATE_ACCESS_KEY)))
        .addMethod(
          getDeleteAccessKeyMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteAccessKeyRequest,
              dev.ringdown.v1.DeleteAccessKeyResponse>(
                service, METHODID_DELETE_ACCESS_KEY)))
        .build();
  }

  private static abstract class AccessKeyServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    AccessKeyServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.AccessKeyServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("AccessKeyService");
    }
  }

  private static final class AccessKeyServiceFileDescriptorSupplier
      extends AccessKeyServiceBaseDescriptorSupplier {
    AccessKeyServiceFileDescriptorSupplier() {}
  }

  private static final class AccessKeyServiceMethodDescriptorSupplier
      extends AccessKeyServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    AccessKeyServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (AccessKeyServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new AccessKeyServiceFileDescriptorSupplier())
              .addMethod(getCreateAccessKeyMethod())
              .addMethod(getGetAccessKeyMethod())
              .addMethod(getListAccessKeysMethod())
              .addMethod(getUpdateAccessKeyMethod())
              .addMethod(getDeleteAccessKeyMethod())
              .build();
        }
      }
    }
    return result;
  }
}
