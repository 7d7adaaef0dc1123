package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Lists, downloads and deletes recordings. The action `recording_start` and CallService.StartRecording create them.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class RecordingServiceGrpc {

  private RecordingServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.RecordingService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetRecordingRequest,
      dev.ringdown.v1.GetRecordingResponse> getGetRecordingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetRecording",
      requestType = dev.ringdown.v1.GetRecordingRequest.class,
      responseType = dev.ringdown.v1.GetRecordingResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetRecordingRequest,
      dev.ringdown.v1.GetRecordingResponse> getGetRecordingMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetRecordingRequest, dev.ringdown.v1.GetRecordingResponse> getGetRecordingMethod;
    if ((getGetRecordingMethod = RecordingServiceGrpc.getGetRecordingMethod) == null) {
      synchronized (RecordingServiceGrpc.class) {
        if ((getGetRecordingMethod = RecordingServiceGrpc.getGetRecordingMethod) == null) {
          RecordingServiceGrpc.getGetRecordingMethod = getGetRecordingMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetRecordingRequest, dev.ringdown.v1.GetRecordingResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetRecording"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetRecordingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetRecordingResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecordingServiceMethodDescriptorSupplier("GetRecording"))
              .build();
        }
      }
    }
    return getGetRecordingMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListRecordingsRequest,
      dev.ringdown.v1.ListRecordingsResponse> getListRecordingsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListRecordings",
      requestType = dev.ringdown.v1.ListRecordingsRequest.class,
      responseType = dev.ringdown.v1.ListRecordingsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListRecordingsRequest,
      dev.ringdown.v1.ListRecordingsResponse> getListRecordingsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListRecordingsRequest, dev.ringdown.v1.ListRecordingsResponse> getListRecordingsMethod;
    if ((getListRecordingsMethod = RecordingServiceGrpc.getListRecordingsMethod) == null) {
      synchronized (RecordingServiceGrpc.class) {
        if ((getListRecordingsMethod = RecordingServiceGrpc.getListRecordingsMethod) == null) {
          RecordingServiceGrpc.getListRecordingsMethod = getListRecordingsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListRecordingsRequest, dev.ringdown.v1.ListRecordingsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListRecordings"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListRecordingsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListRecordingsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecordingServiceMethodDescriptorSupplier("ListRecordings"))
              .build();
        }
      }
    }
    return getListRecordingsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteRecordingRequest,
      dev.ringdown.v1.DeleteRecordingResponse> getDeleteRecordingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteRecording",
      requestType = dev.ringdown.v1.DeleteRecordingRequest.class,
      responseType = dev.ringdown.v1.DeleteRecordingResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteRecordingRequest,
      dev.ringdown.v1.DeleteRecordingResponse> getDeleteRecordingMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteRecordingRequest, dev.ringdown.v1.DeleteRecordingResponse> getDeleteRecordingMethod;
    if ((getDeleteRecordingMethod = RecordingServiceGrpc.getDeleteRecordingMethod) == null) {
      synchronized (RecordingServiceGrpc.class) {
        if ((getDeleteRecordingMethod = RecordingServiceGrpc.getDeleteRecordingMethod) == null) {
          RecordingServiceGrpc.getDeleteRecordingMethod = getDeleteRecordingMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteRecordingRequest, dev.ringdown.v1.DeleteRecordingResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteRecording"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteRecordingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteRecordingResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecordingServiceMethodDescriptorSupplier("DeleteRecording"))
              .build();
        }
      }
    }
    return getDeleteRecordingMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DownloadRecordingRequest,
      dev.ringdown.v1.DownloadRecordingResponse> getDownloadRecordingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DownloadRecording",
      requestType = dev.ringdown.v1.DownloadRecordingRequest.class,
      responseType = dev.ringdown.v1.DownloadRecordingResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DownloadRecordingRequest,
      dev.ringdown.v1.DownloadRecordingResponse> getDownloadRecordingMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DownloadRecordingRequest, dev.ringdown.v1.DownloadRecordingResponse> getDownloadRecordingMethod;
    if ((getDownloadRecordingMethod = RecordingServiceGrpc.getDownloadRecordingMethod) == null) {
      synchronized (RecordingServiceGrpc.class) {
        if ((getDownloadRecordingMethod = RecordingServiceGrpc.getDownloadRecordingMethod) == null) {
          RecordingServiceGrpc.getDownloadRecordingMethod = getDownloadRecordingMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DownloadRecordingRequest, dev.ringdown.v1.DownloadRecordingResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DownloadRecording"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DownloadRecordingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DownloadRecordingResponse.getDefaultInstance()))
              .setSchemaDescriptor(new RecordingServiceMethodDescriptorSupplier("DownloadRecording"))
              .build();
        }
      }
    }
    return getDownloadRecordingMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static RecordingServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RecordingServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RecordingServiceStub>() {
        @java.lang.Override
        public RecordingServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RecordingServiceStub(channel, callOptions);
        }
      };
    return RecordingServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static RecordingServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RecordingServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RecordingServiceBlockingV2Stub>() {
        @java.lang.Override
        public RecordingServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RecordingServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return RecordingServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static RecordingServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RecordingServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RecordingServiceBlockingStub>() {
        @java.lang.Override
        public RecordingServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RecordingServiceBlockingStub(channel, callOptions);
        }
      };
    return RecordingServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static RecordingServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<RecordingServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<RecordingServiceFutureStub>() {
        @java.lang.Override
        public RecordingServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new RecordingServiceFutureStub(channel, callOptions);
        }
      };
    return RecordingServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Lists, downloads and deletes recordings. The action `recording_start` and CallService.StartRecording create them.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Returns a recording.
     * </pre>
     */
    default void getRecording(dev.ringdown.v1.GetRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetRecordingResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetRecordingMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists recordings, newest first.
     * </pre>
     */
    default void listRecordings(dev.ringdown.v1.ListRecordingsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListRecordingsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListRecordingsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a recording and its file. A recording that is in progress is refused; stop it first.
     * </pre>
     */
    default void deleteRecording(dev.ringdown.v1.DeleteRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteRecordingResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteRecordingMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams the file of a recording that has ended, from its first byte or from an offset. In REST, the body is the
     * file, and `Range` selects a part of it.
     * </pre>
     */
    default void downloadRecording(dev.ringdown.v1.DownloadRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DownloadRecordingResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDownloadRecordingMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service RecordingService.
   * <pre>
   * Lists, downloads and deletes recordings. The action `recording_start` and CallService.StartRecording create them.
   * </pre>
   */
  public static abstract class RecordingServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return RecordingServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service RecordingService.
   * <pre>
   * Lists, downloads and deletes recordings. The action `recording_start` and CallService.StartRecording create them.
   * </pre>
   */
  public static final class RecordingServiceStub
      extends io.grpc.stub.AbstractAsyncStub<RecordingServiceStub> {
    private RecordingServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RecordingServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RecordingServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns a recording.
     * </pre>
     */
    public void getRecording(dev.ringdown.v1.GetRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetRecordingResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetRecordingMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists recordings, newest first.
     * </pre>
     */
    public void listRecordings(dev.ringdown.v1.ListRecordingsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListRecordingsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListRecordingsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a recording and its file. A recording that is in progress is refused; stop it first.
     * </pre>
     */
    public void deleteRecording(dev.ringdown.v1.DeleteRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteRecordingResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteRecordingMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams the file of a recording that has ended, from its first byte or from an offset. In REST, the body is the
     * file, and `Range` selects a part of it.
     * </pre>
     */
    public void downloadRecording(dev.ringdown.v1.DownloadRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DownloadRecordingResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getDownloadRecordingMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service RecordingService.
   * <pre>
   * Lists, downloads and deletes recordings. The action `recording_start` and CallService.StartRecording create them.
   * </pre>
   */
  public static final class RecordingServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<RecordingServiceBlockingV2Stub> {
    private RecordingServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RecordingServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RecordingServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns a recording.
     * </pre>
     */
    public dev.ringdown.v1.GetRecordingResponse getRecording(dev.ringdown.v1.GetRecordingRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetRecordingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists recordings, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListRecordingsResponse listRecordings(dev.ringdown.v1.ListRecordingsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListRecordingsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a recording and its file. A recording that is in progress is refused; stop it first.
     * </pre>
     */
    public dev.ringdown.v1.DeleteRecordingResponse deleteRecording(dev.ringdown.v1.DeleteRecordingRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteRecordingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams the file of a recording that has ended, from its first byte or from an offset. In REST, the body is the
     * file, and `Range` selects a part of it.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.ringdown.v1.DownloadRecordingResponse>
        downloadRecording(dev.ringdown.v1.DownloadRecordingRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getDownloadRecordingMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service RecordingService.
   * <pre>
   * Lists, downloads and deletes recordings. The action `recording_start` and CallService.StartRecording create them.
   * </pre>
   */
  public static final class RecordingServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<RecordingServiceBlockingStub> {
    private RecordingServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RecordingServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RecordingServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns a recording.
     * </pre>
     */
    public dev.ringdown.v1.GetRecordingResponse getRecording(dev.ringdown.v1.GetRecordingRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetRecordingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists recordings, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListRecordingsResponse listRecordings(dev.ringdown.v1.ListRecordingsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListRecordingsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a recording and its file. A recording that is in progress is refused; stop it first.
     * </pre>
     */
    public dev.ringdown.v1.DeleteRecordingResponse deleteRecording(dev.ringdown.v1.DeleteRecordingRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteRecordingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams the file of a recording that has ended, from its first byte or from an offset. In REST, the body is the
     * file, and `Range` selects a part of it.
     * </pre>
     */
    public java.util.Iterator<dev.ringdown.v1.DownloadRecordingResponse> downloadRecording(
        dev.ringdown.v1.DownloadRecordingRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getDownloadRecordingMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service RecordingService.
   * <pre>
   * Lists, downloads and deletes recordings. The action `recording_start` and CallService.StartRecording create them.
   * </pre>
   */
  public static final class RecordingServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<RecordingServiceFutureStub> {
    private RecordingServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected RecordingServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new RecordingServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns a recording.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetRecordingResponse> getRecording(
        dev.ringdown.v1.GetRecordingRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetRecordingMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists recordings, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListRecordingsResponse> listRecordings(
        dev.ringdown.v1.ListRecordingsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListRecordingsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a recording and its file. A recording that is in progress is refused; stop it first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteRecordingResponse> deleteRecording(
        dev.ringdown.v1.DeleteRecordingRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteRecordingMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_RECORDING = 0;
  private static final int METHODID_LIST_RECORDINGS = 1;
  private static final int METHODID_DELETE_RECORDING = 2;
  private static final int METHODID_DOWNLOAD_RECORDING = 3;

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
        case METHODID_GET_RECORDING:
          serviceImpl.getRecording((dev.ringdown.v1.GetRecordingRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetRecordingResponse>) responseObserver);
          break;
        case METHODID_LIST_RECORDINGS:
          serviceImpl.listRecordings((dev.ringdown.v1.ListRecordingsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListRecordingsResponse>) responseObserver);
          break;
        case METHODID_DELETE_RECORDING:
          serviceImpl.deleteRecording((dev.ringdown.v1.DeleteRecordingRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteRecordingResponse>) responseObserver);
          break;
        case METHODID_DOWNLOAD_RECORDING:
          serviceImpl.downloadRecording((dev.ringdown.v1.DownloadRecordingRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DownloadRecordingResponse>) responseObserver);
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
          getGetRecordingMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetRecordingRequest,
              dev.ringdown.v1.GetRecordingResponse>(
                service, METHODID_GET_RECORDING)))
        .addMethod(
          getListRecordingsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListRecordingsRequest,
              dev.ringdown.v1.ListRecordingsResponse>(
                service, METHODID_LIST_RECORDINGS)))
        .addMethod(
          getDeleteRecordingMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteRecordingRequest,
              dev.ringdown.v1.DeleteRecordingResponse>(
                service, METHODID_DELETE_RECORDING)))
        .addMethod(
          getDownloadRecordingMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.ringdown.v1.DownloadRecordingRequest,
              dev.ringdown.v1.DownloadRecordingResponse>(
                service, METHODID_DOWNLOAD_RECORDING)))
        .build();
  }

  private static abstract class RecordingServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    RecordingServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.RecordingServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("RecordingService");
    }
  }

  private static final class RecordingServiceFileDescriptorSupplier
      extends RecordingServiceBaseDescriptorSupplier {
    RecordingServiceFileDescriptorSupplier() {}
  }

  private static final class RecordingServiceMethodDescriptorSupplier
      extends RecordingServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    RecordingServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (RecordingServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new RecordingServiceFileDescriptorSupplier())
              .addMethod(getGetRecordingMethod())
              .addMethod(getListRecordingsMethod())
              .addMethod(getDeleteRecordingMethod())
              .addMethod(getDownloadRecordingMethod())
              .build();
        }
      }
    }
    return result;
  }
}
