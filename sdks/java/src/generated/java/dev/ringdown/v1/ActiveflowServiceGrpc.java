package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Starts, controls and watches activeflows.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class ActiveflowServiceGrpc {

  private ActiveflowServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.ActiveflowService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.CreateActiveflowRequest,
      dev.ringdown.v1.CreateActiveflowResponse> getCreateActiveflowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateActiveflow",
      requestType = dev.ringdown.v1.CreateActiveflowRequest.class,
      responseType = dev.ringdown.v1.CreateActiveflowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.CreateActiveflowRequest,
      dev.ringdown.v1.CreateActiveflowResponse> getCreateActiveflowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.CreateActiveflowRequest, dev.ringdown.v1.CreateActiveflowResponse> getCreateActiveflowMethod;
    if ((getCreateActiveflowMethod = ActiveflowServiceGrpc.getCreateActiveflowMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getCreateActiveflowMethod = ActiveflowServiceGrpc.getCreateActiveflowMethod) == null) {
          ActiveflowServiceGrpc.getCreateActiveflowMethod = getCreateActiveflowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.CreateActiveflowRequest, dev.ringdown.v1.CreateActiveflowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateActiveflow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateActiveflowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateActiveflowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("CreateActiveflow"))
              .build();
        }
      }
    }
    return getCreateActiveflowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetActiveflowRequest,
      dev.ringdown.v1.GetActiveflowResponse> getGetActiveflowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetActiveflow",
      requestType = dev.ringdown.v1.GetActiveflowRequest.class,
      responseType = dev.ringdown.v1.GetActiveflowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetActiveflowRequest,
      dev.ringdown.v1.GetActiveflowResponse> getGetActiveflowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetActiveflowRequest, dev.ringdown.v1.GetActiveflowResponse> getGetActiveflowMethod;
    if ((getGetActiveflowMethod = ActiveflowServiceGrpc.getGetActiveflowMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getGetActiveflowMethod = ActiveflowServiceGrpc.getGetActiveflowMethod) == null) {
          ActiveflowServiceGrpc.getGetActiveflowMethod = getGetActiveflowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetActiveflowRequest, dev.ringdown.v1.GetActiveflowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetActiveflow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetActiveflowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetActiveflowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("GetActiveflow"))
              .build();
        }
      }
    }
    return getGetActiveflowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListActiveflowsRequest,
      dev.ringdown.v1.ListActiveflowsResponse> getListActiveflowsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListActiveflows",
      requestType = dev.ringdown.v1.ListActiveflowsRequest.class,
      responseType = dev.ringdown.v1.ListActiveflowsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListActiveflowsRequest,
      dev.ringdown.v1.ListActiveflowsResponse> getListActiveflowsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListActiveflowsRequest, dev.ringdown.v1.ListActiveflowsResponse> getListActiveflowsMethod;
    if ((getListActiveflowsMethod = ActiveflowServiceGrpc.getListActiveflowsMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getListActiveflowsMethod = ActiveflowServiceGrpc.getListActiveflowsMethod) == null) {
          ActiveflowServiceGrpc.getListActiveflowsMethod = getListActiveflowsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListActiveflowsRequest, dev.ringdown.v1.ListActiveflowsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListActiveflows"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListActiveflowsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListActiveflowsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("ListActiveflows"))
              .build();
        }
      }
    }
    return getListActiveflowsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteActiveflowRequest,
      dev.ringdown.v1.DeleteActiveflowResponse> getDeleteActiveflowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteActiveflow",
      requestType = dev.ringdown.v1.DeleteActiveflowRequest.class,
      responseType = dev.ringdown.v1.DeleteActiveflowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteActiveflowRequest,
      dev.ringdown.v1.DeleteActiveflowResponse> getDeleteActiveflowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteActiveflowRequest, dev.ringdown.v1.DeleteActiveflowResponse> getDeleteActiveflowMethod;
    if ((getDeleteActiveflowMethod = ActiveflowServiceGrpc.getDeleteActiveflowMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getDeleteActiveflowMethod = ActiveflowServiceGrpc.getDeleteActiveflowMethod) == null) {
          ActiveflowServiceGrpc.getDeleteActiveflowMethod = getDeleteActiveflowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteActiveflowRequest, dev.ringdown.v1.DeleteActiveflowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteActiveflow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteActiveflowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteActiveflowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("DeleteActiveflow"))
              .build();
        }
      }
    }
    return getDeleteActiveflowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.StopActiveflowRequest,
      dev.ringdown.v1.StopActiveflowResponse> getStopActiveflowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StopActiveflow",
      requestType = dev.ringdown.v1.StopActiveflowRequest.class,
      responseType = dev.ringdown.v1.StopActiveflowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.StopActiveflowRequest,
      dev.ringdown.v1.StopActiveflowResponse> getStopActiveflowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.StopActiveflowRequest, dev.ringdown.v1.StopActiveflowResponse> getStopActiveflowMethod;
    if ((getStopActiveflowMethod = ActiveflowServiceGrpc.getStopActiveflowMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getStopActiveflowMethod = ActiveflowServiceGrpc.getStopActiveflowMethod) == null) {
          ActiveflowServiceGrpc.getStopActiveflowMethod = getStopActiveflowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.StopActiveflowRequest, dev.ringdown.v1.StopActiveflowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StopActiveflow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.StopActiveflowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.StopActiveflowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("StopActiveflow"))
              .build();
        }
      }
    }
    return getStopActiveflowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ContinueActiveflowRequest,
      dev.ringdown.v1.ContinueActiveflowResponse> getContinueActiveflowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ContinueActiveflow",
      requestType = dev.ringdown.v1.ContinueActiveflowRequest.class,
      responseType = dev.ringdown.v1.ContinueActiveflowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ContinueActiveflowRequest,
      dev.ringdown.v1.ContinueActiveflowResponse> getContinueActiveflowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ContinueActiveflowRequest, dev.ringdown.v1.ContinueActiveflowResponse> getContinueActiveflowMethod;
    if ((getContinueActiveflowMethod = ActiveflowServiceGrpc.getContinueActiveflowMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getContinueActiveflowMethod = ActiveflowServiceGrpc.getContinueActiveflowMethod) == null) {
          ActiveflowServiceGrpc.getContinueActiveflowMethod = getContinueActiveflowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ContinueActiveflowRequest, dev.ringdown.v1.ContinueActiveflowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ContinueActiveflow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ContinueActiveflowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ContinueActiveflowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("ContinueActiveflow"))
              .build();
        }
      }
    }
    return getContinueActiveflowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.PushActionsRequest,
      dev.ringdown.v1.PushActionsResponse> getPushActionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "PushActions",
      requestType = dev.ringdown.v1.PushActionsRequest.class,
      responseType = dev.ringdown.v1.PushActionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.PushActionsRequest,
      dev.ringdown.v1.PushActionsResponse> getPushActionsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.PushActionsRequest, dev.ringdown.v1.PushActionsResponse> getPushActionsMethod;
    if ((getPushActionsMethod = ActiveflowServiceGrpc.getPushActionsMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getPushActionsMethod = ActiveflowServiceGrpc.getPushActionsMethod) == null) {
          ActiveflowServiceGrpc.getPushActionsMethod = getPushActionsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.PushActionsRequest, dev.ringdown.v1.PushActionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "PushActions"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.PushActionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.PushActionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("PushActions"))
              .build();
        }
      }
    }
    return getPushActionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetVariablesRequest,
      dev.ringdown.v1.GetVariablesResponse> getGetVariablesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetVariables",
      requestType = dev.ringdown.v1.GetVariablesRequest.class,
      responseType = dev.ringdown.v1.GetVariablesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetVariablesRequest,
      dev.ringdown.v1.GetVariablesResponse> getGetVariablesMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetVariablesRequest, dev.ringdown.v1.GetVariablesResponse> getGetVariablesMethod;
    if ((getGetVariablesMethod = ActiveflowServiceGrpc.getGetVariablesMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getGetVariablesMethod = ActiveflowServiceGrpc.getGetVariablesMethod) == null) {
          ActiveflowServiceGrpc.getGetVariablesMethod = getGetVariablesMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetVariablesRequest, dev.ringdown.v1.GetVariablesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetVariables"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetVariablesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetVariablesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("GetVariables"))
              .build();
        }
      }
    }
    return getGetVariablesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.SetVariablesRequest,
      dev.ringdown.v1.SetVariablesResponse> getSetVariablesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SetVariables",
      requestType = dev.ringdown.v1.SetVariablesRequest.class,
      responseType = dev.ringdown.v1.SetVariablesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.SetVariablesRequest,
      dev.ringdown.v1.SetVariablesResponse> getSetVariablesMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.SetVariablesRequest, dev.ringdown.v1.SetVariablesResponse> getSetVariablesMethod;
    if ((getSetVariablesMethod = ActiveflowServiceGrpc.getSetVariablesMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getSetVariablesMethod = ActiveflowServiceGrpc.getSetVariablesMethod) == null) {
          ActiveflowServiceGrpc.getSetVariablesMethod = getSetVariablesMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.SetVariablesRequest, dev.ringdown.v1.SetVariablesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SetVariables"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SetVariablesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SetVariablesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("SetVariables"))
              .build();
        }
      }
    }
    return getSetVariablesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListActiveflowEventsRequest,
      dev.ringdown.v1.ListActiveflowEventsResponse> getListActiveflowEventsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListActiveflowEvents",
      requestType = dev.ringdown.v1.ListActiveflowEventsRequest.class,
      responseType = dev.ringdown.v1.ListActiveflowEventsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListActiveflowEventsRequest,
      dev.ringdown.v1.ListActiveflowEventsResponse> getListActiveflowEventsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListActiveflowEventsRequest, dev.ringdown.v1.ListActiveflowEventsResponse> getListActiveflowEventsMethod;
    if ((getListActiveflowEventsMethod = ActiveflowServiceGrpc.getListActiveflowEventsMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getListActiveflowEventsMethod = ActiveflowServiceGrpc.getListActiveflowEventsMethod) == null) {
          ActiveflowServiceGrpc.getListActiveflowEventsMethod = getListActiveflowEventsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListActiveflowEventsRequest, dev.ringdown.v1.ListActiveflowEventsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListActiveflowEvents"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListActiveflowEventsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListActiveflowEventsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("ListActiveflowEvents"))
              .build();
        }
      }
    }
    return getListActiveflowEventsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.WatchActiveflowsRequest,
      dev.ringdown.v1.WatchActiveflowsResponse> getWatchActiveflowsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchActiveflows",
      requestType = dev.ringdown.v1.WatchActiveflowsRequest.class,
      responseType = dev.ringdown.v1.WatchActiveflowsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.WatchActiveflowsRequest,
      dev.ringdown.v1.WatchActiveflowsResponse> getWatchActiveflowsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.WatchActiveflowsRequest, dev.ringdown.v1.WatchActiveflowsResponse> getWatchActiveflowsMethod;
    if ((getWatchActiveflowsMethod = ActiveflowServiceGrpc.getWatchActiveflowsMethod) == null) {
      synchronized (ActiveflowServiceGrpc.class) {
        if ((getWatchActiveflowsMethod = ActiveflowServiceGrpc.getWatchActiveflowsMethod) == null) {
          ActiveflowServiceGrpc.getWatchActiveflowsMethod = getWatchActiveflowsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.WatchActiveflowsRequest, dev.ringdown.v1.WatchActiveflowsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchActiveflows"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.WatchActiveflowsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.WatchActiveflowsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new ActiveflowServiceMethodDescriptorSupplier("WatchActiveflows"))
              .build();
        }
      }
    }
    return getWatchActiveflowsMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static ActiveflowServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ActiveflowServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ActiveflowServiceStub>() {
        @java.lang.Override
        public ActiveflowServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ActiveflowServiceStub(channel, callOptions);
        }
      };
    return ActiveflowServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static ActiveflowServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ActiveflowServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ActiveflowServiceBlockingV2Stub>() {
        @java.lang.Override
        public ActiveflowServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ActiveflowServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return ActiveflowServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static ActiveflowServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ActiveflowServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ActiveflowServiceBlockingStub>() {
        @java.lang.Override
        public ActiveflowServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ActiveflowServiceBlockingStub(channel, callOptions);
        }
      };
    return ActiveflowServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static ActiveflowServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<ActiveflowServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<ActiveflowServiceFutureStub>() {
        @java.lang.Override
        public ActiveflowServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new ActiveflowServiceFutureStub(channel, callOptions);
        }
      };
    return ActiveflowServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Starts, controls and watches activeflows.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Starts a flow without a call. Actions that need a call are skipped.
     * </pre>
     */
    default void createActiveflow(dev.ringdown.v1.CreateActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateActiveflowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateActiveflowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns an activeflow.
     * </pre>
     */
    default void getActiveflow(dev.ringdown.v1.GetActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetActiveflowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetActiveflowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists activeflows, newest first.
     * </pre>
     */
    default void listActiveflows(dev.ringdown.v1.ListActiveflowsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActiveflowsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListActiveflowsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes an activeflow. A running activeflow is stopped first.
     * </pre>
     */
    default void deleteActiveflow(dev.ringdown.v1.DeleteActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteActiveflowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteActiveflowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Stops an activeflow and hangs up its call. An activeflow that has already ended is returned unchanged.
     * </pre>
     */
    default void stopActiveflow(dev.ringdown.v1.StopActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.StopActiveflowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStopActiveflowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Continues an activeflow that waits at a `block`.
     * </pre>
     */
    default void continueActiveflow(dev.ringdown.v1.ContinueActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ContinueActiveflowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getContinueActiveflowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Inserts actions before those that run next. When the inserted actions are done, the flow continues where it was.
     * </pre>
     */
    default void pushActions(dev.ringdown.v1.PushActionsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.PushActionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getPushActionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns all variables of an activeflow.
     * </pre>
     */
    default void getVariables(dev.ringdown.v1.GetVariablesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetVariablesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetVariablesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sets variables of a running activeflow. Other variables keep their values. The next action sees the new values.
     * </pre>
     */
    default void setVariables(dev.ringdown.v1.SetVariablesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SetVariablesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSetVariablesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the events of an activeflow, newest first.
     * </pre>
     */
    default void listActiveflowEvents(dev.ringdown.v1.ListActiveflowEventsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActiveflowEventsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListActiveflowEventsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams all events of the activeflows that match, as they happen. Events are delivered without gaps or duplicates,
     * across reconnections with `resume_token` and restarts of the server. In REST, the response is a stream of
     * Server-Sent Events, and `Last-Event-ID` resumes it.
     * </pre>
     */
    default void watchActiveflows(dev.ringdown.v1.WatchActiveflowsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.WatchActiveflowsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchActiveflowsMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service ActiveflowService.
   * <pre>
   * Starts, controls and watches activeflows.
   * </pre>
   */
  public static abstract class ActiveflowServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return ActiveflowServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service ActiveflowService.
   * <pre>
   * Starts, controls and watches activeflows.
   * </pre>
   */
  public static final class ActiveflowServiceStub
      extends io.grpc.stub.AbstractAsyncStub<ActiveflowServiceStub> {
    private ActiveflowServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ActiveflowServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ActiveflowServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Starts a flow without a call. Actions that need a call are skipped.
     * </pre>
     */
    public void createActiveflow(dev.ringdown.v1.CreateActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateActiveflowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateActiveflowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns an activeflow.
     * </pre>
     */
    public void getActiveflow(dev.ringdown.v1.GetActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetActiveflowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetActiveflowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists activeflows, newest first.
     * </pre>
     */
    public void listActiveflows(dev.ringdown.v1.ListActiveflowsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActiveflowsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListActiveflowsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes an activeflow. A running activeflow is stopped first.
     * </pre>
     */
    public void deleteActiveflow(dev.ringdown.v1.DeleteActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteActiveflowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteActiveflowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Stops an activeflow and hangs up its call. An activeflow that has already ended is returned unchanged.
     * </pre>
     */
    public void stopActiveflow(dev.ringdown.v1.StopActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.StopActiveflowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStopActiveflowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Continues an activeflow that waits at a `block`.
     * </pre>
     */
    public void continueActiveflow(dev.ringdown.v1.ContinueActiveflowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ContinueActiveflowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getContinueActiveflowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Inserts actions before those that run next. When the inserted actions are done, the flow continues where it was.
     * </pre>
     */
    public void pushActions(dev.ringdown.v1.PushActionsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.PushActionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getPushActionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns all variables of an activeflow.
     * </pre>
     */
    public void getVariables(dev.ringdown.v1.GetVariablesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetVariablesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetVariablesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sets variables of a running activeflow. Other variables keep their values. The next action sees the new values.
     * </pre>
     */
    public void setVariables(dev.ringdown.v1.SetVariablesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SetVariablesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSetVariablesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the events of an activeflow, newest first.
     * </pre>
     */
    public void listActiveflowEvents(dev.ringdown.v1.ListActiveflowEventsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActiveflowEventsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListActiveflowEventsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams all events of the activeflows that match, as they happen. Events are delivered without gaps or duplicates,
     * across reconnections with `resume_token` and restarts of the server. In REST, the response is a stream of
     * Server-Sent Events, and `Last-Event-ID` resumes it.
     * </pre>
     */
    public void watchActiveflows(dev.ringdown.v1.WatchActiveflowsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.WatchActiveflowsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchActiveflowsMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service ActiveflowService.
   * <pre>
   * Starts, controls and watches activeflows.
   * </pre>
   */
  public static final class ActiveflowServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<ActiveflowServiceBlockingV2Stub> {
    private ActiveflowServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ActiveflowServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ActiveflowServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Starts a flow without a call. Actions that need a call are skipped.
     * </pre>
     */
    public dev.ringdown.v1.CreateActiveflowResponse createActiveflow(dev.ringdown.v1.CreateActiveflowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns an activeflow.
     * </pre>
     */
    public dev.ringdown.v1.GetActiveflowResponse getActiveflow(dev.ringdown.v1.GetActiveflowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists activeflows, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListActiveflowsResponse listActiveflows(dev.ringdown.v1.ListActiveflowsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListActiveflowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes an activeflow. A running activeflow is stopped first.
     * </pre>
     */
    public dev.ringdown.v1.DeleteActiveflowResponse deleteActiveflow(dev.ringdown.v1.DeleteActiveflowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops an activeflow and hangs up its call. An activeflow that has already ended is returned unchanged.
     * </pre>
     */
    public dev.ringdown.v1.StopActiveflowResponse stopActiveflow(dev.ringdown.v1.StopActiveflowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStopActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Continues an activeflow that waits at a `block`.
     * </pre>
     */
    public dev.ringdown.v1.ContinueActiveflowResponse continueActiveflow(dev.ringdown.v1.ContinueActiveflowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getContinueActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Inserts actions before those that run next. When the inserted actions are done, the flow continues where it was.
     * </pre>
     */
    public dev.ringdown.v1.PushActionsResponse pushActions(dev.ringdown.v1.PushActionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getPushActionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns all variables of an activeflow.
     * </pre>
     */
    public dev.ringdown.v1.GetVariablesResponse getVariables(dev.ringdown.v1.GetVariablesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetVariablesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sets variables of a running activeflow. Other variables keep their values. The next action sees the new values.
     * </pre>
     */
    public dev.ringdown.v1.SetVariablesResponse setVariables(dev.ringdown.v1.SetVariablesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSetVariablesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the events of an activeflow, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListActiveflowEventsResponse listActiveflowEvents(dev.ringdown.v1.ListActiveflowEventsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListActiveflowEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams all events of the activeflows that match, as they happen. Events are delivered without gaps or duplicates,
     * across reconnections with `resume_token` and restarts of the server. In REST, the response is a stream of
     * Server-Sent Events, and `Last-Event-ID` resumes it.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.ringdown.v1.WatchActiveflowsResponse>
        watchActiveflows(dev.ringdown.v1.WatchActiveflowsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchActiveflowsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service ActiveflowService.
   * <pre>
   * Starts, controls and watches activeflows.
   * </pre>
   */
  public static final class ActiveflowServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<ActiveflowServiceBlockingStub> {
    private ActiveflowServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ActiveflowServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ActiveflowServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Starts a flow without a call. Actions that need a call are skipped.
     * </pre>
     */
    public dev.ringdown.v1.CreateActiveflowResponse createActiveflow(dev.ringdown.v1.CreateActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns an activeflow.
     * </pre>
     */
    public dev.ringdown.v1.GetActiveflowResponse getActiveflow(dev.ringdown.v1.GetActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists activeflows, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListActiveflowsResponse listActiveflows(dev.ringdown.v1.ListActiveflowsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListActiveflowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes an activeflow. A running activeflow is stopped first.
     * </pre>
     */
    public dev.ringdown.v1.DeleteActiveflowResponse deleteActiveflow(dev.ringdown.v1.DeleteActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops an activeflow and hangs up its call. An activeflow that has already ended is returned unchanged.
     * </pre>
     */
    public dev.ringdown.v1.StopActiveflowResponse stopActiveflow(dev.ringdown.v1.StopActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStopActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Continues an activeflow that waits at a `block`.
     * </pre>
     */
    public dev.ringdown.v1.ContinueActiveflowResponse continueActiveflow(dev.ringdown.v1.ContinueActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getContinueActiveflowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Inserts actions before those that run next. When the inserted actions are done, the flow continues where it was.
     * </pre>
     */
    public dev.ringdown.v1.PushActionsResponse pushActions(dev.ringdown.v1.PushActionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getPushActionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns all variables of an activeflow.
     * </pre>
     */
    public dev.ringdown.v1.GetVariablesResponse getVariables(dev.ringdown.v1.GetVariablesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetVariablesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sets variables of a running activeflow. Other variables keep their values. The next action sees the new values.
     * </pre>
     */
    public dev.ringdown.v1.SetVariablesResponse setVariables(dev.ringdown.v1.SetVariablesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSetVariablesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the events of an activeflow, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListActiveflowEventsResponse listActiveflowEvents(dev.ringdown.v1.ListActiveflowEventsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListActiveflowEventsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams all events of the activeflows that match, as they happen. Events are delivered without gaps or duplicates,
     * across reconnections with `resume_token` and restarts of the server. In REST, the response is a stream of
     * Server-Sent Events, and `Last-Event-ID` resumes it.
     * </pre>
     */
    public java.util.Iterator<dev.ringdown.v1.WatchActiveflowsResponse> watchActiveflows(
        dev.ringdown.v1.WatchActiveflowsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchActiveflowsMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service ActiveflowService.
   * <pre>
   * Starts, controls and watches activeflows.
   * </pre>
   */
  public static final class ActiveflowServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<ActiveflowServiceFutureStub> {
    private ActiveflowServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected ActiveflowServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new ActiveflowServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Starts a flow without a call. Actions that need a call are skipped.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.CreateActiveflowResponse> createActiveflow(
        dev.ringdown.v1.CreateActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateActiveflowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns an activeflow.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetActiveflowResponse> getActiveflow(
        dev.ringdown.v1.GetActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetActiveflowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists activeflows, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListActiveflowsResponse> listActiveflows(
        dev.ringdown.v1.ListActiveflowsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListActiveflowsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes an activeflow. A running activeflow is stopped first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteActiveflowResponse> deleteActiveflow(
        dev.ringdown.v1.DeleteActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteActiveflowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Stops an activeflow and hangs up its call. An activeflow that has already ended is returned unchanged.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.StopActiveflowResponse> stopActiveflow(
        dev.ringdown.v1.StopActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStopActiveflowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Continues an activeflow that waits at a `block`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ContinueActiveflowResponse> continueActiveflow(
        dev.ringdown.v1.ContinueActiveflowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getContinueActiveflowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Inserts actions before those that run next. When the inserted actions are done, the flow continues where it was.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.PushActionsResponse> pushActions(
        dev.ringdown.v1.PushActionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getPushActionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns all variables of an activeflow.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetVariablesResponse> getVariables(
        dev.ringdown.v1.GetVariablesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetVariablesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sets variables of a running activeflow. Other variables keep their values. The next action sees the new values.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.SetVariablesResponse> setVariables(
        dev.ringdown.v1.SetVariablesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSetVariablesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the events of an activeflow, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListActiveflowEventsResponse> listActiveflowEvents(
        dev.ringdown.v1.ListActiveflowEventsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListActiveflowEventsMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_ACTIVEFLOW = 0;
  private static final int METHODID_GET_ACTIVEFLOW = 1;
  private static final int METHODID_LIST_ACTIVEFLOWS = 2;
  private static final int METHODID_DELETE_ACTIVEFLOW = 3;
  private static final int METHODID_STOP_ACTIVEFLOW = 4;
  private static final int METHODID_CONTINUE_ACTIVEFLOW = 5;
  private static final int METHODID_PUSH_ACTIONS = 6;
  private static final int METHODID_GET_VARIABLES = 7;
  private static final int METHODID_SET_VARIABLES = 8;
  private static final int METHODID_LIST_ACTIVEFLOW_EVENTS = 9;
  private static final int METHODID_WATCH_ACTIVEFLOWS = 10;

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
        case METHODID_CREATE_ACTIVEFLOW:
          serviceImpl.createActiveflow((dev.ringdown.v1.CreateActiveflowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateActiveflowResponse>) responseObserver);
          break;
        case METHODID_GET_ACTIVEFLOW:
          serviceImpl.getActiveflow((dev.ringdown.v1.GetActiveflowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetActiveflowResponse>) responseObserver);
          break;
        case METHODID_LIST_ACTIVEFLOWS:
          serviceImpl.listActiveflows((dev.ringdown.v1.ListActiveflowsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActiveflowsResponse>) responseObserver);
          break;
        case METHODID_DELETE_ACTIVEFLOW:
          serviceImpl.deleteActiveflow((dev.ringdown.v1.DeleteActiveflowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteActiveflowResponse>) responseObserver);
          break;
        case METHODID_STOP_ACTIVEFLOW:
          serviceImpl.stopActiveflow((dev.ringdown.v1.StopActiveflowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.StopActiveflowResponse>) responseObserver);
          break;
        case METHODID_CONTINUE_ACTIVEFLOW:
          serviceImpl.continueActiveflow((dev.ringdown.v1.ContinueActiveflowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ContinueActiveflowResponse>) responseObserver);
          break;
        case METHODID_PUSH_ACTIONS:
          serviceImpl.pushActions((dev.ringdown.v1.PushActionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.PushActionsResponse>) responseObserver);
          break;
        case METHODID_GET_VARIABLES:
          serviceImpl.getVariables((dev.ringdown.v1.GetVariablesRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetVariablesResponse>) responseObserver);
          break;
        case METHODID_SET_VARIABLES:
          serviceImpl.setVariables((dev.ringdown.v1.SetVariablesRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.SetVariablesResponse>) responseObserver);
          break;
        case METHODID_LIST_ACTIVEFLOW_EVENTS:
          serviceImpl.listActiveflowEvents((dev.ringdown.v1.ListActiveflowEventsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListActiveflowEventsResponse>) responseObserver);
          break;
        case METHODID_WATCH_ACTIVEFLOWS:
          serviceImpl.watchActiveflows((dev.ringdown.v1.WatchActiveflowsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.WatchActiveflowsResponse>) responseObserver);
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
          getCreateActiveflowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.CreateActiveflowRequest,
              dev.ringdown.v1.CreateActiveflowResponse>(
                service, METHODID_CREATE_ACTIVEFLOW)))
        .addMethod(
          getGetActiveflowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetActiveflowRequest,
              dev.ringdown.v1.GetActiveflowResponse>(
                service, METHODID_GET_ACTIVEFLOW)))
        .addMethod(
          getListActiveflowsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListActiveflowsRequest,
              dev.ringdown.v1.ListActiveflowsResponse>(
                service, METHODID_LIST_ACTIVEFLOWS)))
        .addMethod(
          getDeleteActiveflowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteActiveflowRequest,
              dev.ringdown.v1.DeleteActiveflowResponse>(
                service, METHODID_DELETE_ACTIVEFLOW)))
        .addMethod(
          getStopActiveflowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.StopActiveflowRequest,
              dev.ringdown.v1.StopActiveflowResponse>(
                service, METHODID_STOP_ACTIVEFLOW)))
        .addMethod(
          getContinueActiveflowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ContinueActiveflowRequest,
              dev.ringdown.v1.ContinueActiveflowResponse>(
                service, METHODID_CONTINUE_ACTIVEFLOW)))
        .addMethod(
          getPushActionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.PushActionsRequest,
              dev.ringdown.v1.PushActionsResponse>(
                service, METHODID_PUSH_ACTIONS)))
        .addMethod(
          getGetVariablesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetVariablesRequest,
              dev.ringdown.v1.GetVariablesResponse>(
                service, METHODID_GET_VARIABLES)))
        .addMethod(
          getSetVariablesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.SetVariablesRequest,
              dev.ringdown.v1.SetVariablesResponse>(
                service, METHODID_SET_VARIABLES)))
        .addMethod(
          getListActiveflowEventsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListActiveflowEventsRequest,
              dev.ringdown.v1.ListActiveflowEventsResponse>(
                service, METHODID_LIST_ACTIVEFLOW_EVENTS)))
        .addMethod(
          getWatchActiveflowsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.ringdown.v1.WatchActiveflowsRequest,
              dev.ringdown.v1.WatchActiveflowsResponse>(
                service, METHODID_WATCH_ACTIVEFLOWS)))
        .build();
  }

  private static abstract class ActiveflowServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    ActiveflowServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.ActiveflowServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("ActiveflowService");
    }
  }

  private static final class ActiveflowServiceFileDescriptorSupplier
      extends ActiveflowServiceBaseDescriptorSupplier {
    ActiveflowServiceFileDescriptorSupplier() {}
  }

  private static final class ActiveflowServiceMethodDescriptorSupplier
      extends ActiveflowServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    ActiveflowServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (ActiveflowServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new ActiveflowServiceFileDescriptorSupplier())
              .addMethod(getCreateActiveflowMethod())
              .addMethod(getGetActiveflowMethod())
              .addMethod(getListActiveflowsMethod())
              .addMethod(getDeleteActiveflowMethod())
              .addMethod(getStopActiveflowMethod())
              .addMethod(getContinueActiveflowMethod())
              .addMethod(getPushActionsMethod())
              .addMethod(getGetVariablesMethod())
              .addMethod(getSetVariablesMethod())
              .addMethod(getListActiveflowEventsMethod())
              .addMethod(getWatchActiveflowsMethod())
              .build();
        }
      }
    }
    return result;
  }
}
