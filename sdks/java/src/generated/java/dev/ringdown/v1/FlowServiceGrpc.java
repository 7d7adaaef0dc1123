package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Creates, changes, checks and simulates flows.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class FlowServiceGrpc {

  private FlowServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.FlowService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.CreateFlowRequest,
      dev.ringdown.v1.CreateFlowResponse> getCreateFlowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateFlow",
      requestType = dev.ringdown.v1.CreateFlowRequest.class,
      responseType = dev.ringdown.v1.CreateFlowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.CreateFlowRequest,
      dev.ringdown.v1.CreateFlowResponse> getCreateFlowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.CreateFlowRequest, dev.ringdown.v1.CreateFlowResponse> getCreateFlowMethod;
    if ((getCreateFlowMethod = FlowServiceGrpc.getCreateFlowMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getCreateFlowMethod = FlowServiceGrpc.getCreateFlowMethod) == null) {
          FlowServiceGrpc.getCreateFlowMethod = getCreateFlowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.CreateFlowRequest, dev.ringdown.v1.CreateFlowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateFlow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateFlowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateFlowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("CreateFlow"))
              .build();
        }
      }
    }
    return getCreateFlowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetFlowRequest,
      dev.ringdown.v1.GetFlowResponse> getGetFlowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetFlow",
      requestType = dev.ringdown.v1.GetFlowRequest.class,
      responseType = dev.ringdown.v1.GetFlowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetFlowRequest,
      dev.ringdown.v1.GetFlowResponse> getGetFlowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetFlowRequest, dev.ringdown.v1.GetFlowResponse> getGetFlowMethod;
    if ((getGetFlowMethod = FlowServiceGrpc.getGetFlowMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getGetFlowMethod = FlowServiceGrpc.getGetFlowMethod) == null) {
          FlowServiceGrpc.getGetFlowMethod = getGetFlowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetFlowRequest, dev.ringdown.v1.GetFlowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetFlow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetFlowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetFlowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("GetFlow"))
              .build();
        }
      }
    }
    return getGetFlowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListFlowsRequest,
      dev.ringdown.v1.ListFlowsResponse> getListFlowsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListFlows",
      requestType = dev.ringdown.v1.ListFlowsRequest.class,
      responseType = dev.ringdown.v1.ListFlowsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListFlowsRequest,
      dev.ringdown.v1.ListFlowsResponse> getListFlowsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListFlowsRequest, dev.ringdown.v1.ListFlowsResponse> getListFlowsMethod;
    if ((getListFlowsMethod = FlowServiceGrpc.getListFlowsMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getListFlowsMethod = FlowServiceGrpc.getListFlowsMethod) == null) {
          FlowServiceGrpc.getListFlowsMethod = getListFlowsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListFlowsRequest, dev.ringdown.v1.ListFlowsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListFlows"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListFlowsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListFlowsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("ListFlows"))
              .build();
        }
      }
    }
    return getListFlowsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateFlowRequest,
      dev.ringdown.v1.UpdateFlowResponse> getUpdateFlowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateFlow",
      requestType = dev.ringdown.v1.UpdateFlowRequest.class,
      responseType = dev.ringdown.v1.UpdateFlowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateFlowRequest,
      dev.ringdown.v1.UpdateFlowResponse> getUpdateFlowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateFlowRequest, dev.ringdown.v1.UpdateFlowResponse> getUpdateFlowMethod;
    if ((getUpdateFlowMethod = FlowServiceGrpc.getUpdateFlowMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getUpdateFlowMethod = FlowServiceGrpc.getUpdateFlowMethod) == null) {
          FlowServiceGrpc.getUpdateFlowMethod = getUpdateFlowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UpdateFlowRequest, dev.ringdown.v1.UpdateFlowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateFlow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateFlowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateFlowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("UpdateFlow"))
              .build();
        }
      }
    }
    return getUpdateFlowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteFlowRequest,
      dev.ringdown.v1.DeleteFlowResponse> getDeleteFlowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteFlow",
      requestType = dev.ringdown.v1.DeleteFlowRequest.class,
      responseType = dev.ringdown.v1.DeleteFlowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteFlowRequest,
      dev.ringdown.v1.DeleteFlowResponse> getDeleteFlowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteFlowRequest, dev.ringdown.v1.DeleteFlowResponse> getDeleteFlowMethod;
    if ((getDeleteFlowMethod = FlowServiceGrpc.getDeleteFlowMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getDeleteFlowMethod = FlowServiceGrpc.getDeleteFlowMethod) == null) {
          FlowServiceGrpc.getDeleteFlowMethod = getDeleteFlowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteFlowRequest, dev.ringdown.v1.DeleteFlowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteFlow"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteFlowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteFlowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("DeleteFlow"))
              .build();
        }
      }
    }
    return getDeleteFlowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ValidateFlowRequest,
      dev.ringdown.v1.ValidateFlowResponse> getValidateFlowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ValidateFlow",
      requestType = dev.ringdown.v1.ValidateFlowRequest.class,
      responseType = dev.ringdown.v1.ValidateFlowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ValidateFlowRequest,
      dev.ringdown.v1.ValidateFlowResponse> getValidateFlowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ValidateFlowRequest, dev.ringdown.v1.ValidateFlowResponse> getValidateFlowMethod;
    if ((getValidateFlowMethod = FlowServiceGrpc.getValidateFlowMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getValidateFlowMethod = FlowServiceGrpc.getValidateFlowMethod) == null) {
          FlowServiceGrpc.getValidateFlowMethod = getValidateFlowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ValidateFlowRequest, dev.ringdown.v1.ValidateFlowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ValidateFlow"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ValidateFlowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ValidateFlowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("ValidateFlow"))
              .build();
        }
      }
    }
    return getValidateFlowMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListFlowRevisionsRequest,
      dev.ringdown.v1.ListFlowRevisionsResponse> getListFlowRevisionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListFlowRevisions",
      requestType = dev.ringdown.v1.ListFlowRevisionsRequest.class,
      responseType = dev.ringdown.v1.ListFlowRevisionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListFlowRevisionsRequest,
      dev.ringdown.v1.ListFlowRevisionsResponse> getListFlowRevisionsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListFlowRevisionsRequest, dev.ringdown.v1.ListFlowRevisionsResponse> getListFlowRevisionsMethod;
    if ((getListFlowRevisionsMethod = FlowServiceGrpc.getListFlowRevisionsMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getListFlowRevisionsMethod = FlowServiceGrpc.getListFlowRevisionsMethod) == null) {
          FlowServiceGrpc.getListFlowRevisionsMethod = getListFlowRevisionsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListFlowRevisionsRequest, dev.ringdown.v1.ListFlowRevisionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListFlowRevisions"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListFlowRevisionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListFlowRevisionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("ListFlowRevisions"))
              .build();
        }
      }
    }
    return getListFlowRevisionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DiffFlowRevisionsRequest,
      dev.ringdown.v1.DiffFlowRevisionsResponse> getDiffFlowRevisionsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DiffFlowRevisions",
      requestType = dev.ringdown.v1.DiffFlowRevisionsRequest.class,
      responseType = dev.ringdown.v1.DiffFlowRevisionsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DiffFlowRevisionsRequest,
      dev.ringdown.v1.DiffFlowRevisionsResponse> getDiffFlowRevisionsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DiffFlowRevisionsRequest, dev.ringdown.v1.DiffFlowRevisionsResponse> getDiffFlowRevisionsMethod;
    if ((getDiffFlowRevisionsMethod = FlowServiceGrpc.getDiffFlowRevisionsMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getDiffFlowRevisionsMethod = FlowServiceGrpc.getDiffFlowRevisionsMethod) == null) {
          FlowServiceGrpc.getDiffFlowRevisionsMethod = getDiffFlowRevisionsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DiffFlowRevisionsRequest, dev.ringdown.v1.DiffFlowRevisionsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DiffFlowRevisions"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DiffFlowRevisionsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DiffFlowRevisionsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("DiffFlowRevisions"))
              .build();
        }
      }
    }
    return getDiffFlowRevisionsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateFlowRequest,
      dev.ringdown.v1.SimulateFlowResponse> getSimulateFlowMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SimulateFlow",
      requestType = dev.ringdown.v1.SimulateFlowRequest.class,
      responseType = dev.ringdown.v1.SimulateFlowResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateFlowRequest,
      dev.ringdown.v1.SimulateFlowResponse> getSimulateFlowMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.SimulateFlowRequest, dev.ringdown.v1.SimulateFlowResponse> getSimulateFlowMethod;
    if ((getSimulateFlowMethod = FlowServiceGrpc.getSimulateFlowMethod) == null) {
      synchronized (FlowServiceGrpc.class) {
        if ((getSimulateFlowMethod = FlowServiceGrpc.getSimulateFlowMethod) == null) {
          FlowServiceGrpc.getSimulateFlowMethod = getSimulateFlowMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.SimulateFlowRequest, dev.ringdown.v1.SimulateFlowResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SimulateFlow"))
              .setSafe(true)
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SimulateFlowRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SimulateFlowResponse.getDefaultInstance()))
              .setSchemaDescriptor(new FlowServiceMethodDescriptorSupplier("SimulateFlow"))
              .build();
        }
      }
    }
    return getSimulateFlowMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static FlowServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<FlowServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<FlowServiceStub>() {
        @java.lang.Override
        public FlowServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new FlowServiceStub(channel, callOptions);
        }
      };
    return FlowServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static FlowServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<FlowServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<FlowServiceBlockingV2Stub>() {
        @java.lang.Override
        public FlowServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new FlowServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return FlowServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static FlowServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<FlowServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<FlowServiceBlockingStub>() {
        @java.lang.Override
        public FlowServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new FlowServiceBlockingStub(channel, callOptions);
        }
      };
    return FlowServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static FlowServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<FlowServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<FlowServiceFutureStub>() {
        @java.lang.Override
        public FlowServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new FlowServiceFutureStub(channel, callOptions);
        }
      };
    return FlowServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Creates, changes, checks and simulates flows.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Creates a flow. A flow that cannot run is refused, and all its problems are reported. If it can run but may have
     * unexpected effects, the response metadata (REST: header) `x-ringdown-warnings` contains the reasons; ValidateFlow
     * returns the full warnings.
     * </pre>
     */
    default void createFlow(dev.ringdown.v1.CreateFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateFlowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateFlowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a flow.
     * </pre>
     */
    default void getFlow(dev.ringdown.v1.GetFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetFlowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetFlowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists flows, newest first.
     * </pre>
     */
    default void listFlows(dev.ringdown.v1.ListFlowsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListFlowsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListFlowsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the name, detail, actions and on_complete_flow_id of a flow. Running activeflows are not affected.
     * Warnings are reported as by CreateFlow.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    default void updateFlow(dev.ringdown.v1.UpdateFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateFlowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateFlowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a flow. Running activeflows are not affected.
     * </pre>
     */
    default void deleteFlow(dev.ringdown.v1.DeleteFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteFlowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteFlowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Checks actions in the same way as CreateFlow, without saving them. Returns all problems at once, and warnings about
     * actions that may have unexpected effects.
     * </pre>
     */
    default void validateFlow(dev.ringdown.v1.ValidateFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ValidateFlowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getValidateFlowMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists the revisions of a flow, newest first. Revisions never change, and an activeflow keeps the one that it
     * started with.
     * </pre>
     */
    default void listFlowRevisions(dev.ringdown.v1.ListFlowRevisionsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListFlowRevisionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListFlowRevisionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Compares two revisions of a flow, action by action.
     * </pre>
     */
    default void diffFlowRevisions(dev.ringdown.v1.DiffFlowRevisionsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DiffFlowRevisionsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDiffFlowRevisionsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Runs a flow against a script of what the remote party does, without waiting and without a phone, and returns what
     * happened. Nothing is sent and nothing is saved.
     * </pre>
     */
    default void simulateFlow(dev.ringdown.v1.SimulateFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateFlowResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSimulateFlowMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service FlowService.
   * <pre>
   * Creates, changes, checks and simulates flows.
   * </pre>
   */
  public static abstract class FlowServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return FlowServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service FlowService.
   * <pre>
   * Creates, changes, checks and simulates flows.
   * </pre>
   */
  public static final class FlowServiceStub
      extends io.grpc.stub.AbstractAsyncStub<FlowServiceStub> {
    private FlowServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected FlowServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new FlowServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a flow. A flow that cannot run is refused, and all its problems are reported. If it can run but may have
     * unexpected effects, the response metadata (REST: header) `x-ringdown-warnings` contains the reasons; ValidateFlow
     * returns the full warnings.
     * </pre>
     */
    public void createFlow(dev.ringdown.v1.CreateFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateFlowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateFlowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a flow.
     * </pre>
     */
    public void getFlow(dev.ringdown.v1.GetFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetFlowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetFlowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists flows, newest first.
     * </pre>
     */
    public void listFlows(dev.ringdown.v1.ListFlowsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListFlowsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListFlowsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the name, detail, actions and on_complete_flow_id of a flow. Running activeflows are not affected.
     * Warnings are reported as by CreateFlow.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public void updateFlow(dev.ringdown.v1.UpdateFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateFlowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateFlowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a flow. Running activeflows are not affected.
     * </pre>
     */
    public void deleteFlow(dev.ringdown.v1.DeleteFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteFlowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteFlowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Checks actions in the same way as CreateFlow, without saving them. Returns all problems at once, and warnings about
     * actions that may have unexpected effects.
     * </pre>
     */
    public void validateFlow(dev.ringdown.v1.ValidateFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ValidateFlowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getValidateFlowMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists the revisions of a flow, newest first. Revisions never change, and an activeflow keeps the one that it
     * started with.
     * </pre>
     */
    public void listFlowRevisions(dev.ringdown.v1.ListFlowRevisionsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListFlowRevisionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListFlowRevisionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Compares two revisions of a flow, action by action.
     * </pre>
     */
    public void diffFlowRevisions(dev.ringdown.v1.DiffFlowRevisionsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DiffFlowRevisionsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDiffFlowRevisionsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Runs a flow against a script of what the remote party does, without waiting and without a phone, and returns what
     * happened. Nothing is sent and nothing is saved.
     * </pre>
     */
    public void simulateFlow(dev.ringdown.v1.SimulateFlowRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateFlowResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSimulateFlowMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service FlowService.
   * <pre>
   * Creates, changes, checks and simulates flows.
   * </pre>
   */
  public static final class FlowServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<FlowServiceBlockingV2Stub> {
    private FlowServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected FlowServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new FlowServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a flow. A flow that cannot run is refused, and all its problems are reported. If it can run but may have
     * unexpected effects, the response metadata (REST: header) `x-ringdown-warnings` contains the reasons; ValidateFlow
     * returns the full warnings.
     * </pre>
     */
    public dev.ringdown.v1.CreateFlowResponse createFlow(dev.ringdown.v1.CreateFlowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a flow.
     * </pre>
     */
    public dev.ringdown.v1.GetFlowResponse getFlow(dev.ringdown.v1.GetFlowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists flows, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListFlowsResponse listFlows(dev.ringdown.v1.ListFlowsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListFlowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the name, detail, actions and on_complete_flow_id of a flow. Running activeflows are not affected.
     * Warnings are reported as by CreateFlow.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public dev.ringdown.v1.UpdateFlowResponse updateFlow(dev.ringdown.v1.UpdateFlowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a flow. Running activeflows are not affected.
     * </pre>
     */
    public dev.ringdown.v1.DeleteFlowResponse deleteFlow(dev.ringdown.v1.DeleteFlowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Checks actions in the same way as CreateFlow, without saving them. Returns all problems at once, and warnings about
     * actions that may have unexpected effects.
     * </pre>
     */
    public dev.ringdown.v1.ValidateFlowResponse validateFlow(dev.ringdown.v1.ValidateFlowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getValidateFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the revisions of a flow, newest first. Revisions never change, and an activeflow keeps the one that it
     * started with.
     * </pre>
     */
    public dev.ringdown.v1.ListFlowRevisionsResponse listFlowRevisions(dev.ringdown.v1.ListFlowRevisionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListFlowRevisionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compares two revisions of a flow, action by action.
     * </pre>
     */
    public dev.ringdown.v1.DiffFlowRevisionsResponse diffFlowRevisions(dev.ringdown.v1.DiffFlowRevisionsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDiffFlowRevisionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Runs a flow against a script of what the remote party does, without waiting and without a phone, and returns what
     * happened. Nothing is sent and nothing is saved.
     * </pre>
     */
    public dev.ringdown.v1.SimulateFlowResponse simulateFlow(dev.ringdown.v1.SimulateFlowRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSimulateFlowMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service FlowService.
   * <pre>
   * Creates, changes, checks and simulates flows.
   * </pre>
   */
  public static final class FlowServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<FlowServiceBlockingStub> {
    private FlowServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected FlowServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new FlowServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a flow. A flow that cannot run is refused, and all its problems are reported. If it can run but may have
     * unexpected effects, the response metadata (REST: header) `x-ringdown-warnings` contains the reasons; ValidateFlow
     * returns the full warnings.
     * </pre>
     */
    public dev.ringdown.v1.CreateFlowResponse createFlow(dev.ringdown.v1.CreateFlowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a flow.
     * </pre>
     */
    public dev.ringdown.v1.GetFlowResponse getFlow(dev.ringdown.v1.GetFlowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists flows, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListFlowsResponse listFlows(dev.ringdown.v1.ListFlowsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListFlowsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the name, detail, actions and on_complete_flow_id of a flow. Running activeflows are not affected.
     * Warnings are reported as by CreateFlow.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public dev.ringdown.v1.UpdateFlowResponse updateFlow(dev.ringdown.v1.UpdateFlowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a flow. Running activeflows are not affected.
     * </pre>
     */
    public dev.ringdown.v1.DeleteFlowResponse deleteFlow(dev.ringdown.v1.DeleteFlowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Checks actions in the same way as CreateFlow, without saving them. Returns all problems at once, and warnings about
     * actions that may have unexpected effects.
     * </pre>
     */
    public dev.ringdown.v1.ValidateFlowResponse validateFlow(dev.ringdown.v1.ValidateFlowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getValidateFlowMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists the revisions of a flow, newest first. Revisions never change, and an activeflow keeps the one that it
     * started with.
     * </pre>
     */
    public dev.ringdown.v1.ListFlowRevisionsResponse listFlowRevisions(dev.ringdown.v1.ListFlowRevisionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListFlowRevisionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Compares two revisions of a flow, action by action.
     * </pre>
     */
    public dev.ringdown.v1.DiffFlowRevisionsResponse diffFlowRevisions(dev.ringdown.v1.DiffFlowRevisionsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDiffFlowRevisionsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Runs a flow against a script of what the remote party does, without waiting and without a phone, and returns what
     * happened. Nothing is sent and nothing is saved.
     * </pre>
     */
    public dev.ringdown.v1.SimulateFlowResponse simulateFlow(dev.ringdown.v1.SimulateFlowRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSimulateFlowMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service FlowService.
   * <pre>
   * Creates, changes, checks and simulates flows.
   * </pre>
   */
  public static final class FlowServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<FlowServiceFutureStub> {
    private FlowServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected FlowServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new FlowServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Creates a flow. A flow that cannot run is refused, and all its problems are reported. If it can run but may have
     * unexpected effects, the response metadata (REST: header) `x-ringdown-warnings` contains the reasons; ValidateFlow
     * returns the full warnings.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.CreateFlowResponse> createFlow(
        dev.ringdown.v1.CreateFlowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateFlowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a flow.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetFlowResponse> getFlow(
        dev.ringdown.v1.GetFlowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetFlowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists flows, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListFlowsResponse> listFlows(
        dev.ringdown.v1.ListFlowsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListFlowsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the name, detail, actions and on_complete_flow_id of a flow. Running activeflows are not affected.
     * Warnings are reported as by CreateFlow.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UpdateFlowResponse> updateFlow(
        dev.ringdown.v1.UpdateFlowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateFlowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a flow. Running activeflows are not affected.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteFlowResponse> deleteFlow(
        dev.ringdown.v1.DeleteFlowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteFlowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Checks actions in the same way as CreateFlow, without saving them. Returns all problems at once, and warnings about
     * actions that may have unexpected effects.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ValidateFlowResponse> validateFlow(
        dev.ringdown.v1.ValidateFlowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getValidateFlowMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists the revisions of a flow, newest first. Revisions never change, and an activeflow keeps the one that it
     * started with.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListFlowRevisionsResponse> listFlowRevisions(
        dev.ringdown.v1.ListFlowRevisionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListFlowRevisionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Compares two revisions of a flow, action by action.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DiffFlowRevisionsResponse> diffFlowRevisions(
        dev.ringdown.v1.DiffFlowRevisionsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDiffFlowRevisionsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Runs a flow against a script of what the remote party does, without waiting and without a phone, and returns what
     * happened. Nothing is sent and nothing is saved.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.SimulateFlowResponse> simulateFlow(
        dev.ringdown.v1.SimulateFlowRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSimulateFlowMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_FLOW = 0;
  private static final int METHODID_GET_FLOW = 1;
  private static final int METHODID_LIST_FLOWS = 2;
  private static final int METHODID_UPDATE_FLOW = 3;
  private static final int METHODID_DELETE_FLOW = 4;
  private static final int METHODID_VALIDATE_FLOW = 5;
  private static final int METHODID_LIST_FLOW_REVISIONS = 6;
  private static final int METHODID_DIFF_FLOW_REVISIONS = 7;
  private static final int METHODID_SIMULATE_FLOW = 8;

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
        case METHODID_CREATE_FLOW:
          serviceImpl.createFlow((dev.ringdown.v1.CreateFlowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateFlowResponse>) responseObserver);
          break;
        case METHODID_GET_FLOW:
          serviceImpl.getFlow((dev.ringdown.v1.GetFlowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetFlowResponse>) responseObserver);
          break;
        case METHODID_LIST_FLOWS:
          serviceImpl.listFlows((dev.ringdown.v1.ListFlowsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListFlowsResponse>) responseObserver);
          break;
        case METHODID_UPDATE_FLOW:
          serviceImpl.updateFlow((dev.ringdown.v1.UpdateFlowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateFlowResponse>) responseObserver);
          break;
        case METHODID_DELETE_FLOW:
          serviceImpl.deleteFlow((dev.ringdown.v1.DeleteFlowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteFlowResponse>) responseObserver);
          break;
        case METHODID_VALIDATE_FLOW:
          serviceImpl.validateFlow((dev.ringdown.v1.ValidateFlowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ValidateFlowResponse>) responseObserver);
          break;
        case METHODID_LIST_FLOW_REVISIONS:
          serviceImpl.listFlowRevisions((dev.ringdown.v1.ListFlowRevisionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListFlowRevisionsResponse>) responseObserver);
          break;
        case METHODID_DIFF_FLOW_REVISIONS:
          serviceImpl.diffFlowRevisions((dev.ringdown.v1.DiffFlowRevisionsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DiffFlowRevisionsResponse>) responseObserver);
          break;
        case METHODID_SIMULATE_FLOW:
          serviceImpl.simulateFlow((dev.ringdown.v1.SimulateFlowRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.SimulateFlowResponse>) responseObserver);
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
          getCreateFlowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.CreateFlowRequest,
              dev.ringdown.v1.CreateFlowResponse>(
                service, METHODID_CREATE_FLOW)))
        .addMethod(
          getGetFlowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetFlowRequest,
              dev.ringdown.v1.GetFlowResponse>(
                service, METHODID_GET_FLOW)))
        .addMethod(
          getListFlowsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListFlowsRequest,
              dev.ringdown.v1.ListFlowsResponse>(
                service, METHODID_LIST_FLOWS)))
        .addMethod(
          getUpdateFlowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UpdateFlowRequest,
              dev.ringdown.v1.UpdateFlowResponse>(
                service, METHODID_UPDATE_FLOW)))
        .addMethod(
          getDeleteFlowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteFlowRequest,
              dev.ringdown.v1.DeleteFlowResponse>(
                service, METHODID_DELETE_FLOW)))
        .addMethod(
          getValidateFlowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ValidateFlowRequest,
              dev.ringdown.v1.ValidateFlowResponse>(
                service, METHODID_VALIDATE_FLOW)))
        .addMethod(
          getListFlowRevisionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListFlowRevisionsRequest,
              dev.ringdown.v1.ListFlowRevisionsResponse>(
                service, METHODID_LIST_FLOW_REVISIONS)))
        .addMethod(
          getDiffFlowRevisionsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DiffFlowRevisionsRequest,
              dev.ringdown.v1.DiffFlowRevisionsResponse>(
                service, METHODID_DIFF_FLOW_REVISIONS)))
        .addMethod(
          getSimulateFlowMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.SimulateFlowRequest,
              dev.ringdown.v1.SimulateFlowResponse>(
                service, METHODID_SIMULATE_FLOW)))
        .build();
  }

  private static abstract class FlowServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    FlowServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.FlowServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("FlowService");
    }
  }

  private static final class FlowServiceFileDescriptorSupplier
      extends FlowServiceBaseDescriptorSupplier {
    FlowServiceFileDescriptorSupplier() {}
  }

  private static final class FlowServiceMethodDescriptorSupplier
      extends FlowServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    FlowServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (FlowServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new FlowServiceFileDescriptorSupplier())
              .addMethod(getCreateFlowMethod())
              .addMethod(getGetFlowMethod())
              .addMethod(getListFlowsMethod())
              .addMethod(getUpdateFlowMethod())
              .addMethod(getDeleteFlowMethod())
              .addMethod(getValidateFlowMethod())
              .addMethod(getListFlowRevisionsMethod())
              .addMethod(getDiffFlowRevisionsMethod())
              .addMethod(getSimulateFlowMethod())
              .build();
        }
      }
    }
    return result;
  }
}
