package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Manages the providers: the carriers that calls go to and come from. For operators.
 * A provider alone takes no calls: create a route to it with RouteService. A server applies changes at once, and other
 * servers on the same database within five seconds. Providers and routes cause no webhooks, because they belong to no
 * customer.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ProviderServiceGrpc {

  private ProviderServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.ProviderService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.CreateProviderRequest,
      dev.ringdown.v1.CreateProviderResponse> getCreateProviderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateProvider",
      requestType = dev.ringdown.v1.CreateProviderRequest.class,
      responseType = dev.ringdown.v1.CreateProviderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.CreateProviderRequest,
      dev.ringdown.v1.CreateProviderResponse> getCreateProviderMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.CreateProviderRequest, dev.ringdown.v1.CreateProviderResponse> getCreateProviderMethod;
    if ((getCreateProviderMethod = ProviderServiceGrpc.getCreateProviderMethod) == null) {
      synchronized (ProviderServiceGrpc.class) {
        if ((getCreateProviderMethod = ProviderServiceGrpc.getCreateProviderMethod) == null) {
          ProviderServiceGrpc.getCreateProviderMethod = getCreateProviderMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.CreateProviderRequest, dev.ringdown.v1.CreateProviderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateProvider"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateProviderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateProviderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProviderServiceMethodDescriptorSupplier("CreateProvider"))
              .build();
        }
      }
    }
    return getCreateProviderMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetProviderRequest,
      dev.ringdown.v1.GetProviderResponse> getGetProviderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetProvider",
      requestType = dev.ringdown.v1.GetProviderRequest.class,
      responseType = dev.ringdown.v1.GetProviderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetProviderRequest,
      dev.ringdown.v1.GetProviderResponse> getGetProviderMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetProviderRequest, dev.ringdown.v1.GetProviderResponse> getGetProviderMethod;
    if ((getGetProviderMethod = ProviderServiceGrpc.getGetProviderMethod) == null) {
      synchronized (ProviderServiceGrpc.class) {
        if ((getGetProviderMethod = ProviderServiceGrpc.getGetProviderMethod) == null) {
          ProviderServiceGrpc.getGetProviderMethod = getGetProviderMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetProviderRequest, dev.ringdown.v1.GetProviderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetProvider"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetProviderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetProviderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProviderServiceMethodDescriptorSupplier("GetProvider"))
              .build();
        }
      }
    }
    return getGetProviderMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListProvidersRequest,
      dev.ringdown.v1.ListProvidersResponse> getListProvidersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListProviders",
      requestType = dev.ringdown.v1.ListProvidersRequest.class,
      responseType = dev.ringdown.v1.ListProvidersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListProvidersRequest,
      dev.ringdown.v1.ListProvidersResponse> getListProvidersMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListProvidersRequest, dev.ringdown.v1.ListProvidersResponse> getListProvidersMethod;
    if ((getListProvidersMethod = ProviderServiceGrpc.getListProvidersMethod) == null) {
      synchronized (ProviderServiceGrpc.class) {
        if ((getListProvidersMethod = ProviderServiceGrpc.getListProvidersMethod) == null) {
          ProviderServiceGrpc.getListProvidersMethod = getListProvidersMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListProvidersRequest, dev.ringdown.v1.ListProvidersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListProviders"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListProvidersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListProvidersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProviderServiceMethodDescriptorSupplier("ListProviders"))
              .build();
        }
      }
    }
    return getListProvidersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateProviderRequest,
      dev.ringdown.v1.UpdateProviderResponse> getUpdateProviderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateProvider",
      requestType = dev.ringdown.v1.UpdateProviderRequest.class,
      responseType = dev.ringdown.v1.UpdateProviderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateProviderRequest,
      dev.ringdown.v1.UpdateProviderResponse> getUpdateProviderMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateProviderRequest, dev.ringdown.v1.UpdateProviderResponse> getUpdateProviderMethod;
    if ((getUpdateProviderMethod = ProviderServiceGrpc.getUpdateProviderMethod) == null) {
      synchronized (ProviderServiceGrpc.class) {
        if ((getUpdateProviderMethod = ProviderServiceGrpc.getUpdateProviderMethod) == null) {
          ProviderServiceGrpc.getUpdateProviderMethod = getUpdateProviderMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UpdateProviderRequest, dev.ringdown.v1.UpdateProviderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateProvider"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateProviderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateProviderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProviderServiceMethodDescriptorSupplier("UpdateProvider"))
              .build();
        }
      }
    }
    return getUpdateProviderMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteProviderRequest,
      dev.ringdown.v1.DeleteProviderResponse> getDeleteProviderMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteProvider",
      requestType = dev.ringdown.v1.DeleteProviderRequest.class,
      responseType = dev.ringdown.v1.DeleteProviderResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteProviderRequest,
      dev.ringdown.v1.DeleteProviderResponse> getDeleteProviderMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteProviderRequest, dev.ringdown.v1.DeleteProviderResponse> getDeleteProviderMethod;
    if ((getDeleteProviderMethod = ProviderServiceGrpc.getDeleteProviderMethod) == null) {
      synchronized (ProviderServiceGrpc.class) {
        if ((getDeleteProviderMethod = ProviderServiceGrpc.getDeleteProviderMethod) == null) {
          ProviderServiceGrpc.getDeleteProviderMethod = getDeleteProviderMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteProviderRequest, dev.ringdown.v1.DeleteProviderResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteProvider"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteProviderRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteProviderResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ProviderServiceMethodDescriptorSupplier("DeleteProvider"))
              .build();
        }
      }
    }
    return getDeleteProviderMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ProviderServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProviderServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProviderServiceStub>() {
        @java.lang.Override
        public ProviderServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProviderServiceStub(channel, callOptions);
        }
      };
    return ProviderServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ProviderServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProviderServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProviderServiceBlockingV2Stub>() {
        @java.lang.Override
        public ProviderServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProviderServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ProviderServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ProviderServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProviderServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProviderServiceBlockingStub>() {
        @java.lang.Override
        public ProviderServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProviderServiceBlockingStub(channel, callOptions);
        }
      };
    return ProviderServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ProviderServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ProviderServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ProviderServiceFutureStub>() {
        @java.lang.Override
        public ProviderServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ProviderServiceFutureStub(channel, callOptions);
        }
      };
    return ProviderServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Manages the providers: the carriers that calls go to and come from. For operators.
   * A provider alone takes no calls: create a route to it with RouteService. A server applies changes at once, and other
   * servers on the same database within five seconds. Providers and routes cause no webhooks, because they belong to no
   * customer.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates a provider. There can be 500 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_PROVIDERS`.
     * </pre>
     */
    default void createProvider(dev.ringdown.v1.CreateProviderRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateProviderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateProviderMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a provider, with its health and its calls on this server.
     * </pre>
     */
    default void getProvider(dev.ringdown.v1.GetProviderRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetProviderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetProviderMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists providers, newest first. The provider of `--sip-provider` comes before all others.
     * </pre>
     */
    default void listProviders(dev.ringdown.v1.ListProvidersRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListProvidersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListProvidersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the settings of a provider, but for its password: an empty one keeps it.
     * With `update_mask` (REST: `PATCH`), only the named fields change; fields of `sip` can be named one by one, as
     * `sip.max_calls`. Concurrent updates are applied one after the other, and none is lost. With `expected_revision`, the
     * request fails if another change came first. Calls that are up go on as they are. The provider of `--sip-provider`
     * fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    default void updateProvider(dev.ringdown.v1.UpdateProviderRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateProviderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateProviderMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a provider and its password. A provider with routes fails with FAILED_PRECONDITION `PROVIDER_IN_USE`. Calls
     * that are up go on.
     * </pre>
     */
    default void deleteProvider(dev.ringdown.v1.DeleteProviderRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteProviderResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteProviderMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ProviderService.
   * <pre>
   * Manages the providers: the carriers that calls go to and come from. For operators.
   * A provider alone takes no calls: create a route to it with RouteService. A server applies changes at once, and other
   * servers on the same database within five seconds. Providers and routes cause no webhooks, because they belong to no
   * customer.
   * </pre>
   */
  public static abstract class ProviderServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ProviderServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ProviderService.
   * <pre>
   * Manages the providers: the carriers that calls go to and come from. For operators.
   * A provider alone takes no calls: create a route to it with RouteService. A server applies changes at once, and other
   * servers on the same database within five seconds. Providers and routes cause no webhooks, because they belong to no
   * customer.
   * </pre>
   */
  public static final class ProviderServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ProviderServiceStub> {
    private ProviderServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProviderServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProviderServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a provider. There can be 500 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_PROVIDERS`.
     * </pre>
     */
    public void createProvider(dev.ringdown.v1.CreateProviderRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateProviderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateProviderMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a provider, with its health and its calls on this server.
     * </pre>
     */
    public void getProvider(dev.ringdown.v1.GetProviderRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetProviderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetProviderMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists providers, newest first. The provider of `--sip-provider` comes before all others.
     * </pre>
     */
    public void listProviders(dev.ringdown.v1.ListProvidersRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListProvidersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListProvidersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the settings of a provider, but for its password: an empty one keeps it.
     * With `update_mask` (REST: `PATCH`), only the named fields change; fields of `sip` can be named one by one, as
     * `sip.max_calls`. Concurrent updates are applied one after the other, and none is lost. With `expected_revision`, the
     * request fails if another change came first. Calls that are up go on as they are. The provider of `--sip-provider`
     * fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    public void updateProvider(dev.ringdown.v1.UpdateProviderRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateProviderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateProviderMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a provider and its password. A provider with routes fails with FAILED_PRECONDITION `PROVIDER_IN_USE`. Calls
     * that are up go on.
     * </pre>
     */
    public void deleteProvider(dev.ringdown.v1.DeleteProviderRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteProviderResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteProviderMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ProviderService.
   * <pre>
   * Manages the providers: the carriers that calls go to and come from. For operators.
   * A provider alone takes no calls: create a route to it with RouteService. A server applies changes at once, and other
   * servers on the same database within five seconds. Providers and routes cause no webhooks, because they belong to no
   * customer.
   * </pre>
   */
  public static final class ProviderServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ProviderServiceBlockingV2Stub> {
    private ProviderServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProviderServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProviderServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a provider. There can be 500 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_PROVIDERS`.
     * </pre>
     */
    public dev.ringdown.v1.CreateProviderResponse createProvider(dev.ringdown.v1.CreateProviderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a provider, with its health and its calls on this server.
     * </pre>
     */
    public dev.ringdown.v1.GetProviderResponse getProvider(dev.ringdown.v1.GetProviderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists providers, newest first. The provider of `--sip-provider` comes before all others.
     * </pre>
     */
    public dev.ringdown.v1.ListProvidersResponse listProviders(dev.ringdown.v1.ListProvidersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListProvidersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the settings of a provider, but for its password: an empty one keeps it.
     * With `update_mask` (REST: `PATCH`), only the named fields change; fields of `sip` can be named one by one, as
     * `sip.max_calls`. Concurrent updates are applied one after the other, and none is lost. With `expected_revision`, the
     * request fails if another change came first. Calls that are up go on as they are. The provider of `--sip-provider`
     * fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    public dev.ringdown.v1.UpdateProviderResponse updateProvider(dev.ringdown.v1.UpdateProviderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a provider and its password. A provider with routes fails with FAILED_PRECONDITION `PROVIDER_IN_USE`. Calls
     * that are up go on.
     * </pre>
     */
    public dev.ringdown.v1.DeleteProviderResponse deleteProvider(dev.ringdown.v1.DeleteProviderRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteProviderMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ProviderService.
   * <pre>
   * Manages the providers: the carriers that calls go to and come from. For operators.
   * A provider alone takes no calls: create a route to it with RouteService. A server applies changes at once, and other
   * servers on the same database within five seconds. Providers and routes cause no webhooks, because they belong to no
   * customer.
   * </pre>
   */
  public static final class ProviderServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ProviderServiceBlockingStub> {
    private ProviderServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProviderServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProviderServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a provider. There can be 500 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_PROVIDERS`.
     * </pre>
     */
    public dev.ringdown.v1.CreateProviderResponse createProvider(dev.ringdown.v1.CreateProviderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a provider, with its health and its calls on this server.
     * </pre>
     */
    public dev.ringdown.v1.GetProviderResponse getProvider(dev.ringdown.v1.GetProviderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists providers, newest first. The provider of `--sip-provider` comes before all others.
     * </pre>
     */
    public dev.ringdown.v1.ListProvidersResponse listProviders(dev.ringdown.v1.ListProvidersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListProvidersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the settings of a provider, but for its password: an empty one keeps it.
     * With `update_mask` (REST: `PATCH`), only the named fields change; fields of `sip` can be named one by one, as
     * `sip.max_calls`. Concurrent updates are applied one after the other, and none is lost. With `expected_revision`, the
     * request fails if another change came first. Calls that are up go on as they are. The provider of `--sip-provider`
     * fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    public dev.ringdown.v1.UpdateProviderResponse updateProvider(dev.ringdown.v1.UpdateProviderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateProviderMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a provider and its password. A provider with routes fails with FAILED_PRECONDITION `PROVIDER_IN_USE`. Calls
     * that are up go on.
     * </pre>
     */
    public dev.ringdown.v1.DeleteProviderResponse deleteProvider(dev.ringdown.v1.DeleteProviderRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteProviderMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ProviderService.
   * <pre>
   * Manages the providers: the carriers that calls go to and come from. For operators.
   * A provider alone takes no calls: create a route to it with RouteService. A server applies changes at once, and other
   * servers on the same database within five seconds. Providers and routes cause no webhooks, because they belong to no
   * customer.
   * </pre>
   */
  public static final class ProviderServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ProviderServiceFutureStub> {
    private ProviderServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ProviderServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ProviderServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a provider. There can be 500 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_PROVIDERS`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.CreateProviderResponse> createProvider(
        dev.ringdown.v1.CreateProviderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateProviderMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a provider, with its health and its calls on this server.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetProviderResponse> getProvider(
        dev.ringdown.v1.GetProviderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetProviderMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists providers, newest first. The provider of `--sip-provider` comes before all others.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListProvidersResponse> listProviders(
        dev.ringdown.v1.ListProvidersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListProvidersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the settings of a provider, but for its password: an empty one keeps it.
     * With `update_mask` (REST: `PATCH`), only the named fields change; fields of `sip` can be named one by one, as
     * `sip.max_calls`. Concurrent updates are applied one after the other, and none is lost. With `expected_revision`, the
     * request fails if another change came first. Calls that are up go on as they are. The provider of `--sip-provider`
     * fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UpdateProviderResponse> updateProvider(
        dev.ringdown.v1.UpdateProviderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateProviderMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a provider and its password. A provider with routes fails with FAILED_PRECONDITION `PROVIDER_IN_USE`. Calls
     * that are up go on.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteProviderResponse> deleteProvider(
        dev.ringdown.v1.DeleteProviderRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteProviderMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_PROVIDER = 0;
  private static final int METHODID_GET_PROVIDER = 1;
  private static final int METHODID_LIST_PROVIDERS = 2;
  private static final int METHODID_UPDATE_PROVIDER = 3;
  private static final int METHODID_DELETE_PROVIDER = 4;

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
        case METHODID_CREATE_PROVIDER:
          serviceImpl.createProvider((dev.ringdown.v1.CreateProviderRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateProviderResponse>) responseObserver);
          break;
        case METHODID_GET_PROVIDER:
          serviceImpl.getProvider((dev.ringdown.v1.GetProviderRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetProviderResponse>) responseObserver);
          break;
        case METHODID_LIST_PROVIDERS:
          serviceImpl.listProviders((dev.ringdown.v1.ListProvidersRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListProvidersResponse>) responseObserver);
          break;
        case METHODID_UPDATE_PROVIDER:
          serviceImpl.updateProvider((dev.ringdown.v1.UpdateProviderRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateProviderResponse>) responseObserver);
          break;
        case METHODID_DELETE_PROVIDER:
          serviceImpl.deleteProvider((dev.ringdown.v1.DeleteProviderRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteProviderResponse>) responseObserver);
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
          getCreateProviderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.CreateProviderRequest,
              dev.ringdown.v1.CreateProviderResponse>(
                service, METHODID_CREATE_PROVIDER)))
        .addMethod(
          getGetProviderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetProviderRequest,
              dev.ringdown.v1.GetProviderResponse>(
                service, METHODID_GET_PROVIDER)))
        .addMethod(
          getListProvidersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListProvidersRequest,
              dev.ringdown.v1.ListProvidersResponse>(
                service, METHODID_LIST_PROVIDERS)))
        .addMethod(
          getUpdateProviderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UpdateProviderRequest,
              dev.ringdown.v1.UpdateProviderResponse>(
                service, METHODID_UPDATE_PROVIDER)))
        .addMethod(
          getDeleteProviderMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteProviderRequest,
              dev.ringdown.v1.DeleteProviderResponse>(
                service, METHODID_DELETE_PROVIDER)))
        .build();
  }

  private static abstract class ProviderServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ProviderServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.ProviderServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ProviderService");
    }
  }

  private static final class ProviderServiceFileDescriptorSupplier
      extends ProviderServiceBaseDescriptorSupplier {
    ProviderServiceFileDescriptorSupplier() {}
  }

  private static final class ProviderServiceMethodDescriptorSupplier
      extends ProviderServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ProviderServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ProviderServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ProviderServiceFileDescriptorSupplier())
              .addMethod(getCreateProviderMethod())
              .addMethod(getGetProviderMethod())
              .addMethod(getListProvidersMethod())
              .addMethod(getUpdateProviderMethod())
              .addMethod(getDeleteProviderMethod())
              .build();
        }
      }
    }
    return result;
  }
}
