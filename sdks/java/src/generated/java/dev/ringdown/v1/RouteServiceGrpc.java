package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Manages the routes: which provider an outgoing call goes to. For operators.
 * A call takes the routes of its customer whose target its destination begins with, the longest target first and `all`
 * last, and then those of everybody in the same order. Of routes with the same target, the one with the lowest priority
 * number is first. Each provider is tried once, and a call tries at most three. While some of them answer, those that do
 * not are left out.
 * Satellite networks, premium rate numbers and the islands that share the country code 1 are refused with
 * PERMISSION_DENIED `DESTINATION_NOT_ALLOWED`, unless the target of a route names them: `+1876` does, and neither `all`
 * nor `+1` do.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class RouteServiceGrpc {

  private RouteServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.RouteService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.CreateRouteRequest,
      dev.ringdown.v1.CreateRouteResponse> getCreateRouteMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateRoute",
      requestType = dev.ringdown.v1.CreateRouteRequest.class,
      responseType = dev.ringdown.v1.CreateRouteResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.CreateRouteRequest,
      dev.ringdown.v1.CreateRouteResponse> getCreateRouteMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.CreateRouteRequest, dev.ringdown.v1.CreateRouteResponse> getCreateRouteMethod;
    if ((getCreateRouteMethod = RouteServiceGrpc.getCreateRouteMethod) == null) {
      synchronized (RouteServiceGrpc.class) {
        if ((getCreateRouteMethod = RouteServiceGrpc.getCreateRouteMethod) == null) {
          RouteServiceGrpc.getCreateRouteMethod = getCreateRouteMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.CreateRouteRequest, dev.ringdown.v1.CreateRouteResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateRoute"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateRouteRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateRouteResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouteServiceMethodDescriptorSupplier("CreateRoute"))
              .build();
        }
      }
    }
    return getCreateRouteMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetRouteRequest,
      dev.ringdown.v1.GetRouteResponse> getGetRouteMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetRoute",
      requestType = dev.ringdown.v1.GetRouteRequest.class,
      responseType = dev.ringdown.v1.GetRouteResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetRouteRequest,
      dev.ringdown.v1.GetRouteResponse> getGetRouteMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetRouteRequest, dev.ringdown.v1.GetRouteResponse> getGetRouteMethod;
    if ((getGetRouteMethod = RouteServiceGrpc.getGetRouteMethod) == null) {
      synchronized (RouteServiceGrpc.class) {
        if ((getGetRouteMethod = RouteServiceGrpc.getGetRouteMethod) == null) {
          RouteServiceGrpc.getGetRouteMethod = getGetRouteMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetRouteRequest, dev.ringdown.v1.GetRouteResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetRoute"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetRouteRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetRouteResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouteServiceMethodDescriptorSupplier("GetRoute"))
              .build();
        }
      }
    }
    return getGetRouteMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListRoutesRequest,
      dev.ringdown.v1.ListRoutesResponse> getListRoutesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListRoutes",
      requestType = dev.ringdown.v1.ListRoutesRequest.class,
      responseType = dev.ringdown.v1.ListRoutesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListRoutesRequest,
      dev.ringdown.v1.ListRoutesResponse> getListRoutesMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListRoutesRequest, dev.ringdown.v1.ListRoutesResponse> getListRoutesMethod;
    if ((getListRoutesMethod = RouteServiceGrpc.getListRoutesMethod) == null) {
      synchronized (RouteServiceGrpc.class) {
        if ((getListRoutesMethod = RouteServiceGrpc.getListRoutesMethod) == null) {
          RouteServiceGrpc.getListRoutesMethod = getListRoutesMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListRoutesRequest, dev.ringdown.v1.ListRoutesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListRoutes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListRoutesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListRoutesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouteServiceMethodDescriptorSupplier("ListRoutes"))
              .build();
        }
      }
    }
    return getListRoutesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateRouteRequest,
      dev.ringdown.v1.UpdateRouteResponse> getUpdateRouteMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateRoute",
      requestType = dev.ringdown.v1.UpdateRouteRequest.class,
      responseType = dev.ringdown.v1.UpdateRouteResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateRouteRequest,
      dev.ringdown.v1.UpdateRouteResponse> getUpdateRouteMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateRouteRequest, dev.ringdown.v1.UpdateRouteResponse> getUpdateRouteMethod;
    if ((getUpdateRouteMethod = RouteServiceGrpc.getUpdateRouteMethod) == null) {
      synchronized (RouteServiceGrpc.class) {
        if ((getUpdateRouteMethod = RouteServiceGrpc.getUpdateRouteMethod) == null) {
          RouteServiceGrpc.getUpdateRouteMethod = getUpdateRouteMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UpdateRouteRequest, dev.ringdown.v1.UpdateRouteResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateRoute"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateRouteRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateRouteResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouteServiceMethodDescriptorSupplier("UpdateRoute"))
              .build();
        }
      }
    }
    return getUpdateRouteMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteRouteRequest,
      dev.ringdown.v1.DeleteRouteResponse> getDeleteRouteMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteRoute",
      requestType = dev.ringdown.v1.DeleteRouteRequest.class,
      responseType = dev.ringdown.v1.DeleteRouteResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteRouteRequest,
      dev.ringdown.v1.DeleteRouteResponse> getDeleteRouteMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteRouteRequest, dev.ringdown.v1.DeleteRouteResponse> getDeleteRouteMethod;
    if ((getDeleteRouteMethod = RouteServiceGrpc.getDeleteRouteMethod) == null) {
      synchronized (RouteServiceGrpc.class) {
        if ((getDeleteRouteMethod = RouteServiceGrpc.getDeleteRouteMethod) == null) {
          RouteServiceGrpc.getDeleteRouteMethod = getDeleteRouteMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteRouteRequest, dev.ringdown.v1.DeleteRouteResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteRoute"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteRouteRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteRouteResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouteServiceMethodDescriptorSupplier("DeleteRoute"))
              .build();
        }
      }
    }
    return getDeleteRouteMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListDialRoutesRequest,
      dev.ringdown.v1.ListDialRoutesResponse> getListDialRoutesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListDialRoutes",
      requestType = dev.ringdown.v1.ListDialRoutesRequest.class,
      responseType = dev.ringdown.v1.ListDialRoutesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListDialRoutesRequest,
      dev.ringdown.v1.ListDialRoutesResponse> getListDialRoutesMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListDialRoutesRequest, dev.ringdown.v1.ListDialRoutesResponse> getListDialRoutesMethod;
    if ((getListDialRoutesMethod = RouteServiceGrpc.getListDialRoutesMethod) == null) {
      synchronized (RouteServiceGrpc.class) {
        if ((getListDialRoutesMethod = RouteServiceGrpc.getListDialRoutesMethod) == null) {
          RouteServiceGrpc.getListDialRoutesMethod = getListDialRoutesMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListDialRoutesRequest, dev.ringdown.v1.ListDialRoutesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListDialRoutes"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListDialRoutesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListDialRoutesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RouteServiceMethodDescriptorSupplier("ListDialRoutes"))
              .build();
        }
      }
    }
    return getListDialRoutesMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static RouteServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RouteServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RouteServiceStub>() {
        @java.lang.Override
        public RouteServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RouteServiceStub(channel, callOptions);
        }
      };
    return RouteServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static RouteServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RouteServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RouteServiceBlockingV2Stub>() {
        @java.lang.Override
        public RouteServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RouteServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return RouteServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static RouteServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RouteServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RouteServiceBlockingStub>() {
        @java.lang.Override
        public RouteServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RouteServiceBlockingStub(channel, callOptions);
        }
      };
    return RouteServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static RouteServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RouteServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RouteServiceFutureStub>() {
        @java.lang.Override
        public RouteServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RouteServiceFutureStub(channel, callOptions);
        }
      };
    return RouteServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Manages the routes: which provider an outgoing call goes to. For operators.
   * A call takes the routes of its customer whose target its destination begins with, the longest target first and `all`
   * last, and then those of everybody in the same order. Of routes with the same target, the one with the lowest priority
   * number is first. Each provider is tried once, and a call tries at most three. While some of them answer, those that do
   * not are left out.
   * Satellite networks, premium rate numbers and the islands that share the country code 1 are refused with
   * PERMISSION_DENIED `DESTINATION_NOT_ALLOWED`, unless the target of a route names them: `+1876` does, and neither `all`
   * nor `+1` do.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates a route. There can be 10,000 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_ROUTES`.
     * </pre>
     */
    default void createRoute(dev.ringdown.v1.CreateRouteRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateRouteResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateRouteMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a route.
     * </pre>
     */
    default void getRoute(dev.ringdown.v1.GetRouteRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetRouteResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetRouteMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists routes, newest first. The route of `--sip-provider` comes before all others.
     * </pre>
     */
    default void listRoutes(dev.ringdown.v1.ListRoutesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListRoutesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListRoutesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the settings of a route. Its customer cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first. The route of
     * `--sip-provider` fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    default void updateRoute(dev.ringdown.v1.UpdateRouteRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateRouteResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateRouteMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a route.
     * </pre>
     */
    default void deleteRoute(dev.ringdown.v1.DeleteRouteRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteRouteResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteRouteMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns the routes that a call would take now, in the order in which it would try them. Fails with FAILED_PRECONDITION
     * `NO_ROUTE` if there is none, and with PERMISSION_DENIED `DESTINATION_NOT_ALLOWED` if the destination must be named by
     * a route.
     * </pre>
     */
    default void listDialRoutes(dev.ringdown.v1.ListDialRoutesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListDialRoutesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListDialRoutesMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service RouteService.
   * <pre>
   * Manages the routes: which provider an outgoing call goes to. For operators.
   * A call takes the routes of its customer whose target its destination begins with, the longest target first and `all`
   * last, and then those of everybody in the same order. Of routes with the same target, the one with the lowest priority
   * number is first. Each provider is tried once, and a call tries at most three. While some of them answer, those that do
   * not are left out.
   * Satellite networks, premium rate numbers and the islands that share the country code 1 are refused with
   * PERMISSION_DENIED `DESTINATION_NOT_ALLOWED`, unless the target of a route names them: `+1876` does, and neither `all`
   * nor `+1` do.
   * </pre>
   */
  public static abstract class RouteServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return RouteServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service RouteService.
   * <pre>
   * Manages the routes: which provider an outgoing call goes to. For operators.
   * A call takes the routes of its customer whose target its destination begins with, the longest target first and `all`
   * last, and then those of everybody in the same order. Of routes with the same target, the one with the lowest priority
   * number is first. Each provider is tried once, and a call tries at most three. While some of them answer, those that do
   * not are left out.
   * Satellite networks, premium rate numbers and the islands that share the country code 1 are refused with
   * PERMISSION_DENIED `DESTINATION_NOT_ALLOWED`, unless the target of a route names them: `+1876` does, and neither `all`
   * nor `+1` do.
   * </pre>
   */
  public static final class RouteServiceStub
      extends io.grpc.stub.AbstractAsyncStub<RouteServiceStub> {
    private RouteServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RouteServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RouteServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a route. There can be 10,000 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_ROUTES`.
     * </pre>
     */
    public void createRoute(dev.ringdown.v1.CreateRouteRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateRouteResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateRouteMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a route.
     * </pre>
     */
    public void getRoute(dev.ringdown.v1.GetRouteRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetRouteResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetRouteMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists routes, newest first. The route of `--sip-provider` comes before all others.
     * </pre>
     */
    public void listRoutes(dev.ringdown.v1.ListRoutesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListRoutesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListRoutesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the settings of a route. Its customer cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first. The route of
     * `--sip-provider` fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    public void updateRoute(dev.ringdown.v1.UpdateRouteRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateRouteResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateRouteMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a route.
     * </pre>
     */
    public void deleteRoute(dev.ringdown.v1.DeleteRouteRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteRouteResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteRouteMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns the routes that a call would take now, in the order in which it would try them. Fails with FAILED_PRECONDITION
     * `NO_ROUTE` if there is none, and with PERMISSION_DENIED `DESTINATION_NOT_ALLOWED` if the destination must be named by
     * a route.
     * </pre>
     */
    public void listDialRoutes(dev.ringdown.v1.ListDialRoutesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListDialRoutesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListDialRoutesMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service RouteService.
   * <pre>
   * Manages the routes: which provider an outgoing call goes to. For operators.
   * A call takes the routes of its customer whose target its destination begins with, the longest target first and `all`
   * last, and then those of everybody in the same order. Of routes with the same target, the one with the lowest priority
   * number is first. Each provider is tried once, and a call tries at most three. While some of them answer, those that do
   * not are left out.
   * Satellite networks, premium rate numbers and the islands that share the country code 1 are refused with
   * PERMISSION_DENIED `DESTINATION_NOT_ALLOWED`, unless the target of a route names them: `+1876` does, and neither `all`
   * nor `+1` do.
   * </pre>
   */
  public static final class RouteServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<RouteServiceBlockingV2Stub> {
    private RouteServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RouteServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RouteServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a route. There can be 10,000 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_ROUTES`.
     * </pre>
     */
    public dev.ringdown.v1.CreateRouteResponse createRoute(dev.ringdown.v1.CreateRouteRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateRouteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a route.
     * </pre>
     */
    public dev.ringdown.v1.GetRouteResponse getRoute(dev.ringdown.v1.GetRouteRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetRouteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists routes, newest first. The route of `--sip-provider` comes before all others.
     * </pre>
     */
    public dev.ringdown.v1.ListRoutesResponse listRoutes(dev.ringdown.v1.ListRoutesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListRoutesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the settings of a route. Its customer cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first. The route of
     * `--sip-provider` fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    public dev.ringdown.v1.UpdateRouteResponse updateRoute(dev.ringdown.v1.UpdateRouteRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateRouteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a route.
     * </pre>
     */
    public dev.ringdown.v1.DeleteRouteResponse deleteRoute(dev.ringdown.v1.DeleteRouteRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteRouteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the routes that a call would take now, in the order in which it would try them. Fails with FAILED_PRECONDITION
     * `NO_ROUTE` if there is none, and with PERMISSION_DENIED `DESTINATION_NOT_ALLOWED` if the destination must be named by
     * a route.
     * </pre>
     */
    public dev.ringdown.v1.ListDialRoutesResponse listDialRoutes(dev.ringdown.v1.ListDialRoutesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListDialRoutesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service RouteService.
   * <pre>
   * Manages the routes: which provider an outgoing call goes to. For operators.
   * A call takes the routes of its customer whose target its destination begins with, the longest target first and `all`
   * last, and then those of everybody in the same order. Of routes with the same target, the one with the lowest priority
   * number is first. Each provider is tried once, and a call tries at most three. While some of them answer, those that do
   * not are left out.
   * Satellite networks, premium rate numbers and the islands that share the country code 1 are refused with
   * PERMISSION_DENIED `DESTINATION_NOT_ALLOWED`, unless the target of a route names them: `+1876` does, and neither `all`
   * nor `+1` do.
   * </pre>
   */
  public static final class RouteServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<RouteServiceBlockingStub> {
    private RouteServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RouteServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RouteServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a route. There can be 10,000 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_ROUTES`.
     * </pre>
     */
    public dev.ringdown.v1.CreateRouteResponse createRoute(dev.ringdown.v1.CreateRouteRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateRouteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a route.
     * </pre>
     */
    public dev.ringdown.v1.GetRouteResponse getRoute(dev.ringdown.v1.GetRouteRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetRouteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists routes, newest first. The route of `--sip-provider` comes before all others.
     * </pre>
     */
    public dev.ringdown.v1.ListRoutesResponse listRoutes(dev.ringdown.v1.ListRoutesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListRoutesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the settings of a route. Its customer cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first. The route of
     * `--sip-provider` fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    public dev.ringdown.v1.UpdateRouteResponse updateRoute(dev.ringdown.v1.UpdateRouteRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateRouteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a route.
     * </pre>
     */
    public dev.ringdown.v1.DeleteRouteResponse deleteRoute(dev.ringdown.v1.DeleteRouteRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteRouteMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the routes that a call would take now, in the order in which it would try them. Fails with FAILED_PRECONDITION
     * `NO_ROUTE` if there is none, and with PERMISSION_DENIED `DESTINATION_NOT_ALLOWED` if the destination must be named by
     * a route.
     * </pre>
     */
    public dev.ringdown.v1.ListDialRoutesResponse listDialRoutes(dev.ringdown.v1.ListDialRoutesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListDialRoutesMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service RouteService.
   * <pre>
   * Manages the routes: which provider an outgoing call goes to. For operators.
   * A call takes the routes of its customer whose target its destination begins with, the longest target first and `all`
   * last, and then those of everybody in the same order. Of routes with the same target, the one with the lowest priority
   * number is first. Each provider is tried once, and a call tries at most three. While some of them answer, those that do
   * not are left out.
   * Satellite networks, premium rate numbers and the islands that share the country code 1 are refused with
   * PERMISSION_DENIED `DESTINATION_NOT_ALLOWED`, unless the target of a route names them: `+1876` does, and neither `all`
   * nor `+1` do.
   * </pre>
   */
  public static final class RouteServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<RouteServiceFutureStub> {
    private RouteServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RouteServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RouteServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a route. There can be 10,000 of them; another one fails with RESOURCE_EXHAUSTED `TOO_MANY_ROUTES`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.CreateRouteResponse> createRoute(
        dev.ringdown.v1.CreateRouteRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateRouteMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a route.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetRouteResponse> getRoute(
        dev.ringdown.v1.GetRouteRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetRouteMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists routes, newest first. The route of `--sip-provider` comes before all others.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListRoutesResponse> listRoutes(
        dev.ringdown.v1.ListRoutesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListRoutesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the settings of a route. Its customer cannot change.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first. The route of
     * `--sip-provider` fails with FAILED_PRECONDITION `PROVIDER_FIXED`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UpdateRouteResponse> updateRoute(
        dev.ringdown.v1.UpdateRouteRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateRouteMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a route.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteRouteResponse> deleteRoute(
        dev.ringdown.v1.DeleteRouteRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteRouteMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns the routes that a call would take now, in the order in which it would try them. Fails with FAILED_PRECONDITION
     * `NO_ROUTE` if there is none, and with PERMISSION_DENIED `DESTINATION_NOT_ALLOWED` if the destination must be named by
     * a route.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListDialRoutesResponse> listDialRoutes(
        dev.ringdown.v1.ListDialRoutesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListDialRoutesMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_ROUTE = 0;
  private static final int METHODID_GET_ROUTE = 1;
  private static final int METHODID_LIST_ROUTES = 2;
  private static final int METHODID_UPDATE_ROUTE = 3;
  private static final int METHODID_DELETE_ROUTE = 4;
  private static final int METHODID_LIST_DIAL_ROUTES = 5;

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
        case METHODID_CREATE_ROUTE:
          serviceImpl.createRoute((dev.ringdown.v1.CreateRouteRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateRouteResponse>) responseObserver);
          break;
        case METHODID_GET_ROUTE:
          serviceImpl.getRoute((dev.ringdown.v1.GetRouteRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetRouteResponse>) responseObserver);
          break;
        case METHODID_LIST_ROUTES:
          serviceImpl.listRoutes((dev.ringdown.v1.ListRoutesRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListRoutesResponse>) responseObserver);
          break;
        case METHODID_UPDATE_ROUTE:
          serviceImpl.updateRoute((dev.ringdown.v1.UpdateRouteRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateRouteResponse>) responseObserver);
          break;
        case METHODID_DELETE_ROUTE:
          serviceImpl.deleteRoute((dev.ringdown.v1.DeleteRouteRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteRouteResponse>) responseObserver);
          break;
        case METHODID_LIST_DIAL_ROUTES:
          serviceImpl.listDialRoutes((dev.ringdown.v1.ListDialRoutesRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListDialRoutesResponse>) responseObserver);
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
          getCreateRouteMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.CreateRouteRequest,
              dev.ringdown.v1.CreateRouteResponse>(
                service, METHODID_CREATE_ROUTE)))
        .addMethod(
          getGetRouteMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetRouteRequest,
              dev.ringdown.v1.GetRouteResponse>(
                service, METHODID_GET_ROUTE)))
        .addMethod(
          getListRoutesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListRoutesRequest,
              dev.ringdown.v1.ListRoutesResponse>(
                service, METHODID_LIST_ROUTES)))
        .addMethod(
          getUpdateRouteMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UpdateRouteRequest,
              dev.ringdown.v1.UpdateRouteResponse>(
                service, METHODID_UPDATE_ROUTE)))
        .addMethod(
          getDeleteRouteMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteRouteRequest,
              dev.ringdown.v1.DeleteRouteResponse>(
                service, METHODID_DELETE_ROUTE)))
        .addMethod(
          getListDialRoutesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListDialRoutesRequest,
              dev.ringdown.v1.ListDialRoutesResponse>(
                service, METHODID_LIST_DIAL_ROUTES)))
        .build();
  }

  private static abstract class RouteServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    RouteServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.RouteServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("RouteService");
    }
  }

  private static final class RouteServiceFileDescriptorSupplier
      extends RouteServiceBaseDescriptorSupplier {
    RouteServiceFileDescriptorSupplier() {}
  }

  private static final class RouteServiceMethodDescriptorSupplier
      extends RouteServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    RouteServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (RouteServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new RouteServiceFileDescriptorSupplier())
              .addMethod(getCreateRouteMethod())
              .addMethod(getGetRouteMethod())
              .addMethod(getListRoutesMethod())
              .addMethod(getUpdateRouteMethod())
              .addMethod(getDeleteRouteMethod())
              .addMethod(getListDialRoutesMethod())
              .build();
        }
      }
    }
    return result;
  }
}
