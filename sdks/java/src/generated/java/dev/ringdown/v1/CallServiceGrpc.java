package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Makes, controls and watches calls.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CallServiceGrpc {

  private CallServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.CallService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.CreateCallsRequest,
      dev.ringdown.v1.CreateCallsResponse> getCreateCallsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateCalls",
      requestType = dev.ringdown.v1.CreateCallsRequest.class,
      responseType = dev.ringdown.v1.CreateCallsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.CreateCallsRequest,
      dev.ringdown.v1.CreateCallsResponse> getCreateCallsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.CreateCallsRequest, dev.ringdown.v1.CreateCallsResponse> getCreateCallsMethod;
    if ((getCreateCallsMethod = CallServiceGrpc.getCreateCallsMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getCreateCallsMethod = CallServiceGrpc.getCreateCallsMethod) == null) {
          CallServiceGrpc.getCreateCallsMethod = getCreateCallsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.CreateCallsRequest, dev.ringdown.v1.CreateCallsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateCalls"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateCallsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateCallsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("CreateCalls"))
              .build();
        }
      }
    }
    return getCreateCallsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallRequest,
      dev.ringdown.v1.GetCallResponse> getGetCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCall",
      requestType = dev.ringdown.v1.GetCallRequest.class,
      responseType = dev.ringdown.v1.GetCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallRequest,
      dev.ringdown.v1.GetCallResponse> getGetCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallRequest, dev.ringdown.v1.GetCallResponse> getGetCallMethod;
    if ((getGetCallMethod = CallServiceGrpc.getGetCallMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getGetCallMethod = CallServiceGrpc.getGetCallMethod) == null) {
          CallServiceGrpc.getGetCallMethod = getGetCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetCallRequest, dev.ringdown.v1.GetCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("GetCall"))
              .build();
        }
      }
    }
    return getGetCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListCallsRequest,
      dev.ringdown.v1.ListCallsResponse> getListCallsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCalls",
      requestType = dev.ringdown.v1.ListCallsRequest.class,
      responseType = dev.ringdown.v1.ListCallsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListCallsRequest,
      dev.ringdown.v1.ListCallsResponse> getListCallsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListCallsRequest, dev.ringdown.v1.ListCallsResponse> getListCallsMethod;
    if ((getListCallsMethod = CallServiceGrpc.getListCallsMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getListCallsMethod = CallServiceGrpc.getListCallsMethod) == null) {
          CallServiceGrpc.getListCallsMethod = getListCallsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListCallsRequest, dev.ringdown.v1.ListCallsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCalls"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListCallsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListCallsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("ListCalls"))
              .build();
        }
      }
    }
    return getListCallsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteCallRequest,
      dev.ringdown.v1.DeleteCallResponse> getDeleteCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteCall",
      requestType = dev.ringdown.v1.DeleteCallRequest.class,
      responseType = dev.ringdown.v1.DeleteCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteCallRequest,
      dev.ringdown.v1.DeleteCallResponse> getDeleteCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteCallRequest, dev.ringdown.v1.DeleteCallResponse> getDeleteCallMethod;
    if ((getDeleteCallMethod = CallServiceGrpc.getDeleteCallMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getDeleteCallMethod = CallServiceGrpc.getDeleteCallMethod) == null) {
          CallServiceGrpc.getDeleteCallMethod = getDeleteCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteCallRequest, dev.ringdown.v1.DeleteCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("DeleteCall"))
              .build();
        }
      }
    }
    return getDeleteCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.HangupCallRequest,
      dev.ringdown.v1.HangupCallResponse> getHangupCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "HangupCall",
      requestType = dev.ringdown.v1.HangupCallRequest.class,
      responseType = dev.ringdown.v1.HangupCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.HangupCallRequest,
      dev.ringdown.v1.HangupCallResponse> getHangupCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.HangupCallRequest, dev.ringdown.v1.HangupCallResponse> getHangupCallMethod;
    if ((getHangupCallMethod = CallServiceGrpc.getHangupCallMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getHangupCallMethod = CallServiceGrpc.getHangupCallMethod) == null) {
          CallServiceGrpc.getHangupCallMethod = getHangupCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.HangupCallRequest, dev.ringdown.v1.HangupCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "HangupCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.HangupCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.HangupCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("HangupCall"))
              .build();
        }
      }
    }
    return getHangupCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.TalkCallRequest,
      dev.ringdown.v1.TalkCallResponse> getTalkCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "TalkCall",
      requestType = dev.ringdown.v1.TalkCallRequest.class,
      responseType = dev.ringdown.v1.TalkCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.TalkCallRequest,
      dev.ringdown.v1.TalkCallResponse> getTalkCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.TalkCallRequest, dev.ringdown.v1.TalkCallResponse> getTalkCallMethod;
    if ((getTalkCallMethod = CallServiceGrpc.getTalkCallMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getTalkCallMethod = CallServiceGrpc.getTalkCallMethod) == null) {
          CallServiceGrpc.getTalkCallMethod = getTalkCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.TalkCallRequest, dev.ringdown.v1.TalkCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "TalkCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.TalkCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.TalkCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("TalkCall"))
              .build();
        }
      }
    }
    return getTalkCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.HoldCallRequest,
      dev.ringdown.v1.HoldCallResponse> getHoldCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "HoldCall",
      requestType = dev.ringdown.v1.HoldCallRequest.class,
      responseType = dev.ringdown.v1.HoldCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.HoldCallRequest,
      dev.ringdown.v1.HoldCallResponse> getHoldCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.HoldCallRequest, dev.ringdown.v1.HoldCallResponse> getHoldCallMethod;
    if ((getHoldCallMethod = CallServiceGrpc.getHoldCallMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getHoldCallMethod = CallServiceGrpc.getHoldCallMethod) == null) {
          CallServiceGrpc.getHoldCallMethod = getHoldCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.HoldCallRequest, dev.ringdown.v1.HoldCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "HoldCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.HoldCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.HoldCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("HoldCall"))
              .build();
        }
      }
    }
    return getHoldCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UnholdCallRequest,
      dev.ringdown.v1.UnholdCallResponse> getUnholdCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnholdCall",
      requestType = dev.ringdown.v1.UnholdCallRequest.class,
      responseType = dev.ringdown.v1.UnholdCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UnholdCallRequest,
      dev.ringdown.v1.UnholdCallResponse> getUnholdCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UnholdCallRequest, dev.ringdown.v1.UnholdCallResponse> getUnholdCallMethod;
    if ((getUnholdCallMethod = CallServiceGrpc.getUnholdCallMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getUnholdCallMethod = CallServiceGrpc.getUnholdCallMethod) == null) {
          CallServiceGrpc.getUnholdCallMethod = getUnholdCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UnholdCallRequest, dev.ringdown.v1.UnholdCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnholdCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UnholdCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UnholdCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("UnholdCall"))
              .build();
        }
      }
    }
    return getUnholdCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.MuteCallRequest,
      dev.ringdown.v1.MuteCallResponse> getMuteCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "MuteCall",
      requestType = dev.ringdown.v1.MuteCallRequest.class,
      responseType = dev.ringdown.v1.MuteCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.MuteCallRequest,
      dev.ringdown.v1.MuteCallResponse> getMuteCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.MuteCallRequest, dev.ringdown.v1.MuteCallResponse> getMuteCallMethod;
    if ((getMuteCallMethod = CallServiceGrpc.getMuteCallMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getMuteCallMethod = CallServiceGrpc.getMuteCallMethod) == null) {
          CallServiceGrpc.getMuteCallMethod = getMuteCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.MuteCallRequest, dev.ringdown.v1.MuteCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "MuteCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.MuteCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.MuteCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("MuteCall"))
              .build();
        }
      }
    }
    return getMuteCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UnmuteCallRequest,
      dev.ringdown.v1.UnmuteCallResponse> getUnmuteCallMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UnmuteCall",
      requestType = dev.ringdown.v1.UnmuteCallRequest.class,
      responseType = dev.ringdown.v1.UnmuteCallResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UnmuteCallRequest,
      dev.ringdown.v1.UnmuteCallResponse> getUnmuteCallMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UnmuteCallRequest, dev.ringdown.v1.UnmuteCallResponse> getUnmuteCallMethod;
    if ((getUnmuteCallMethod = CallServiceGrpc.getUnmuteCallMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getUnmuteCallMethod = CallServiceGrpc.getUnmuteCallMethod) == null) {
          CallServiceGrpc.getUnmuteCallMethod = getUnmuteCallMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UnmuteCallRequest, dev.ringdown.v1.UnmuteCallResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UnmuteCall"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UnmuteCallRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UnmuteCallResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("UnmuteCall"))
              .build();
        }
      }
    }
    return getUnmuteCallMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.SendDigitsRequest,
      dev.ringdown.v1.SendDigitsResponse> getSendDigitsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SendDigits",
      requestType = dev.ringdown.v1.SendDigitsRequest.class,
      responseType = dev.ringdown.v1.SendDigitsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.SendDigitsRequest,
      dev.ringdown.v1.SendDigitsResponse> getSendDigitsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.SendDigitsRequest, dev.ringdown.v1.SendDigitsResponse> getSendDigitsMethod;
    if ((getSendDigitsMethod = CallServiceGrpc.getSendDigitsMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getSendDigitsMethod = CallServiceGrpc.getSendDigitsMethod) == null) {
          CallServiceGrpc.getSendDigitsMethod = getSendDigitsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.SendDigitsRequest, dev.ringdown.v1.SendDigitsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SendDigits"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SendDigitsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SendDigitsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("SendDigits"))
              .build();
        }
      }
    }
    return getSendDigitsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.StartRecordingRequest,
      dev.ringdown.v1.StartRecordingResponse> getStartRecordingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StartRecording",
      requestType = dev.ringdown.v1.StartRecordingRequest.class,
      responseType = dev.ringdown.v1.StartRecordingResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.StartRecordingRequest,
      dev.ringdown.v1.StartRecordingResponse> getStartRecordingMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.StartRecordingRequest, dev.ringdown.v1.StartRecordingResponse> getStartRecordingMethod;
    if ((getStartRecordingMethod = CallServiceGrpc.getStartRecordingMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getStartRecordingMethod = CallServiceGrpc.getStartRecordingMethod) == null) {
          CallServiceGrpc.getStartRecordingMethod = getStartRecordingMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.StartRecordingRequest, dev.ringdown.v1.StartRecordingResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StartRecording"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.StartRecordingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.StartRecordingResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("StartRecording"))
              .build();
        }
      }
    }
    return getStartRecordingMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.StopRecordingRequest,
      dev.ringdown.v1.StopRecordingResponse> getStopRecordingMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "StopRecording",
      requestType = dev.ringdown.v1.StopRecordingRequest.class,
      responseType = dev.ringdown.v1.StopRecordingResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.StopRecordingRequest,
      dev.ringdown.v1.StopRecordingResponse> getStopRecordingMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.StopRecordingRequest, dev.ringdown.v1.StopRecordingResponse> getStopRecordingMethod;
    if ((getStopRecordingMethod = CallServiceGrpc.getStopRecordingMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getStopRecordingMethod = CallServiceGrpc.getStopRecordingMethod) == null) {
          CallServiceGrpc.getStopRecordingMethod = getStopRecordingMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.StopRecordingRequest, dev.ringdown.v1.StopRecordingResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "StopRecording"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.StopRecordingRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.StopRecordingResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("StopRecording"))
              .build();
        }
      }
    }
    return getStopRecordingMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.WatchCallsRequest,
      dev.ringdown.v1.WatchCallsResponse> getWatchCallsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "WatchCalls",
      requestType = dev.ringdown.v1.WatchCallsRequest.class,
      responseType = dev.ringdown.v1.WatchCallsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.WatchCallsRequest,
      dev.ringdown.v1.WatchCallsResponse> getWatchCallsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.WatchCallsRequest, dev.ringdown.v1.WatchCallsResponse> getWatchCallsMethod;
    if ((getWatchCallsMethod = CallServiceGrpc.getWatchCallsMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getWatchCallsMethod = CallServiceGrpc.getWatchCallsMethod) == null) {
          CallServiceGrpc.getWatchCallsMethod = getWatchCallsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.WatchCallsRequest, dev.ringdown.v1.WatchCallsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.SERVER_STREAMING)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "WatchCalls"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.WatchCallsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.WatchCallsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("WatchCalls"))
              .build();
        }
      }
    }
    return getWatchCallsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallTraceRequest,
      dev.ringdown.v1.GetCallTraceResponse> getGetCallTraceMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCallTrace",
      requestType = dev.ringdown.v1.GetCallTraceRequest.class,
      responseType = dev.ringdown.v1.GetCallTraceResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallTraceRequest,
      dev.ringdown.v1.GetCallTraceResponse> getGetCallTraceMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallTraceRequest, dev.ringdown.v1.GetCallTraceResponse> getGetCallTraceMethod;
    if ((getGetCallTraceMethod = CallServiceGrpc.getGetCallTraceMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getGetCallTraceMethod = CallServiceGrpc.getGetCallTraceMethod) == null) {
          CallServiceGrpc.getGetCallTraceMethod = getGetCallTraceMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetCallTraceRequest, dev.ringdown.v1.GetCallTraceResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCallTrace"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCallTraceRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCallTraceResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("GetCallTrace"))
              .build();
        }
      }
    }
    return getGetCallTraceMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallPcapRequest,
      dev.ringdown.v1.GetCallPcapResponse> getGetCallPcapMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCallPcap",
      requestType = dev.ringdown.v1.GetCallPcapRequest.class,
      responseType = dev.ringdown.v1.GetCallPcapResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallPcapRequest,
      dev.ringdown.v1.GetCallPcapResponse> getGetCallPcapMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetCallPcapRequest, dev.ringdown.v1.GetCallPcapResponse> getGetCallPcapMethod;
    if ((getGetCallPcapMethod = CallServiceGrpc.getGetCallPcapMethod) == null) {
      synchronized (CallServiceGrpc.class) {
        if ((getGetCallPcapMethod = CallServiceGrpc.getGetCallPcapMethod) == null) {
          CallServiceGrpc.getGetCallPcapMethod = getGetCallPcapMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetCallPcapRequest, dev.ringdown.v1.GetCallPcapResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCallPcap"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCallPcapRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCallPcapResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CallServiceMethodDescriptorSupplier("GetCallPcap"))
              .build();
        }
      }
    }
    return getGetCallPcapMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CallServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CallServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CallServiceStub>() {
        @java.lang.Override
        public CallServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CallServiceStub(channel, callOptions);
        }
      };
    return CallServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CallServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CallServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CallServiceBlockingV2Stub>() {
        @java.lang.Override
        public CallServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CallServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CallServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CallServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CallServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CallServiceBlockingStub>() {
        @java.lang.Override
        public CallServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CallServiceBlockingStub(channel, callOptions);
        }
      };
    return CallServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CallServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CallServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CallServiceFutureStub>() {
        @java.lang.Override
        public CallServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CallServiceFutureStub(channel, callOptions);
        }
      };
    return CallServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Makes, controls and watches calls.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Makes one call for each destination. The flow of a call starts when the call is answered. In REST, `destination`
     * can replace `destinations`; the response is then a single call instead of a list.
     * </pre>
     */
    default void createCalls(dev.ringdown.v1.CreateCallsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateCallsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateCallsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a call.
     * </pre>
     */
    default void getCall(dev.ringdown.v1.GetCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists calls, newest first.
     * </pre>
     */
    default void listCalls(dev.ringdown.v1.ListCallsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListCallsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCallsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a call. A call that has not ended is hung up first.
     * </pre>
     */
    default void deleteCall(dev.ringdown.v1.DeleteCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Hangs up a call. A call that has ended or is being hung up is returned unchanged.
     * </pre>
     */
    default void hangupCall(dev.ringdown.v1.HangupCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.HangupCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getHangupCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Speaks a text on a call immediately, in place of what is being spoken. The flow stays at its current action.
     * </pre>
     */
    default void talkCall(dev.ringdown.v1.TalkCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.TalkCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getTalkCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Puts the remote party on hold.
     * </pre>
     */
    default void holdCall(dev.ringdown.v1.HoldCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.HoldCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getHoldCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Takes the remote party off hold.
     * </pre>
     */
    default void unholdCall(dev.ringdown.v1.UnholdCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UnholdCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnholdCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Mutes a call.
     * </pre>
     */
    default void muteCall(dev.ringdown.v1.MuteCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.MuteCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getMuteCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Unmutes a call.
     * </pre>
     */
    default void unmuteCall(dev.ringdown.v1.UnmuteCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UnmuteCallResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUnmuteCallMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sends digits to the remote party immediately. The flow stays at its current action.
     * </pre>
     */
    default void sendDigits(dev.ringdown.v1.SendDigitsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SendDigitsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSendDigitsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Starts recording a call immediately, in both directions. The flow stays at its current action. A call has at most
     * one recording in progress.
     * </pre>
     */
    default void startRecording(dev.ringdown.v1.StartRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.StartRecordingResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStartRecordingMethod(), responseObserver);
    }

    /**
     * <pre>
     * Stops the recording of a call, regardless of what started it. A call that is not being recorded is returned
     * unchanged.
     * </pre>
     */
    default void stopRecording(dev.ringdown.v1.StopRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.StopRecordingResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getStopRecordingMethod(), responseObserver);
    }

    /**
     * <pre>
     * Streams all changes of the calls that match, as they happen. Events are delivered without gaps or duplicates,
     * across reconnections with `resume_token` and restarts of the server. In REST, the response is a stream of
     * Server-Sent Events, and `Last-Event-ID` resumes it.
     * </pre>
     */
    default void watchCalls(dev.ringdown.v1.WatchCallsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.WatchCallsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getWatchCallsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone, and the quality of its audio. Passwords, keys and digits are
     * masked. The server that held the call keeps the last 64 messages of each call in memory, until newer calls need the
     * room; then, for simulated phones and after a restart the request fails with `CALL_TRACE_NOT_FOUND`.
     * </pre>
     */
    default void getCallTrace(dev.ringdown.v1.GetCallTraceRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallTraceResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCallTraceMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone as a capture file that Wireshark opens. The messages are those of
     * GetCallTrace; the headers of IP and UDP are made up.
     * </pre>
     */
    default void getCallPcap(dev.ringdown.v1.GetCallPcapRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallPcapResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCallPcapMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CallService.
   * <pre>
   * Makes, controls and watches calls.
   * </pre>
   */
  public static abstract class CallServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CallServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CallService.
   * <pre>
   * Makes, controls and watches calls.
   * </pre>
   */
  public static final class CallServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CallServiceStub> {
    private CallServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CallServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CallServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes one call for each destination. The flow of a call starts when the call is answered. In REST, `destination`
     * can replace `destinations`; the response is then a single call instead of a list.
     * </pre>
     */
    public void createCalls(dev.ringdown.v1.CreateCallsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateCallsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateCallsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a call.
     * </pre>
     */
    public void getCall(dev.ringdown.v1.GetCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists calls, newest first.
     * </pre>
     */
    public void listCalls(dev.ringdown.v1.ListCallsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListCallsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCallsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a call. A call that has not ended is hung up first.
     * </pre>
     */
    public void deleteCall(dev.ringdown.v1.DeleteCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Hangs up a call. A call that has ended or is being hung up is returned unchanged.
     * </pre>
     */
    public void hangupCall(dev.ringdown.v1.HangupCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.HangupCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getHangupCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Speaks a text on a call immediately, in place of what is being spoken. The flow stays at its current action.
     * </pre>
     */
    public void talkCall(dev.ringdown.v1.TalkCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.TalkCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getTalkCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Puts the remote party on hold.
     * </pre>
     */
    public void holdCall(dev.ringdown.v1.HoldCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.HoldCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getHoldCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Takes the remote party off hold.
     * </pre>
     */
    public void unholdCall(dev.ringdown.v1.UnholdCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UnholdCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnholdCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Mutes a call.
     * </pre>
     */
    public void muteCall(dev.ringdown.v1.MuteCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.MuteCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getMuteCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Unmutes a call.
     * </pre>
     */
    public void unmuteCall(dev.ringdown.v1.UnmuteCallRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UnmuteCallResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUnmuteCallMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sends digits to the remote party immediately. The flow stays at its current action.
     * </pre>
     */
    public void sendDigits(dev.ringdown.v1.SendDigitsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SendDigitsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSendDigitsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Starts recording a call immediately, in both directions. The flow stays at its current action. A call has at most
     * one recording in progress.
     * </pre>
     */
    public void startRecording(dev.ringdown.v1.StartRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.StartRecordingResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStartRecordingMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Stops the recording of a call, regardless of what started it. A call that is not being recorded is returned
     * unchanged.
     * </pre>
     */
    public void stopRecording(dev.ringdown.v1.StopRecordingRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.StopRecordingResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getStopRecordingMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Streams all changes of the calls that match, as they happen. Events are delivered without gaps or duplicates,
     * across reconnections with `resume_token` and restarts of the server. In REST, the response is a stream of
     * Server-Sent Events, and `Last-Event-ID` resumes it.
     * </pre>
     */
    public void watchCalls(dev.ringdown.v1.WatchCallsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.WatchCallsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncServerStreamingCall(
          getChannel().newCall(getWatchCallsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone, and the quality of its audio. Passwords, keys and digits are
     * masked. The server that held the call keeps the last 64 messages of each call in memory, until newer calls need the
     * room; then, for simulated phones and after a restart the request fails with `CALL_TRACE_NOT_FOUND`.
     * </pre>
     */
    public void getCallTrace(dev.ringdown.v1.GetCallTraceRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallTraceResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCallTraceMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone as a capture file that Wireshark opens. The messages are those of
     * GetCallTrace; the headers of IP and UDP are made up.
     * </pre>
     */
    public void getCallPcap(dev.ringdown.v1.GetCallPcapRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallPcapResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCallPcapMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CallService.
   * <pre>
   * Makes, controls and watches calls.
   * </pre>
   */
  public static final class CallServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CallServiceBlockingV2Stub> {
    private CallServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CallServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CallServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes one call for each destination. The flow of a call starts when the call is answered. In REST, `destination`
     * can replace `destinations`; the response is then a single call instead of a list.
     * </pre>
     */
    public dev.ringdown.v1.CreateCallsResponse createCalls(dev.ringdown.v1.CreateCallsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateCallsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a call.
     * </pre>
     */
    public dev.ringdown.v1.GetCallResponse getCall(dev.ringdown.v1.GetCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists calls, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListCallsResponse listCalls(dev.ringdown.v1.ListCallsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCallsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a call. A call that has not ended is hung up first.
     * </pre>
     */
    public dev.ringdown.v1.DeleteCallResponse deleteCall(dev.ringdown.v1.DeleteCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Hangs up a call. A call that has ended or is being hung up is returned unchanged.
     * </pre>
     */
    public dev.ringdown.v1.HangupCallResponse hangupCall(dev.ringdown.v1.HangupCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getHangupCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Speaks a text on a call immediately, in place of what is being spoken. The flow stays at its current action.
     * </pre>
     */
    public dev.ringdown.v1.TalkCallResponse talkCall(dev.ringdown.v1.TalkCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getTalkCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Puts the remote party on hold.
     * </pre>
     */
    public dev.ringdown.v1.HoldCallResponse holdCall(dev.ringdown.v1.HoldCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getHoldCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes the remote party off hold.
     * </pre>
     */
    public dev.ringdown.v1.UnholdCallResponse unholdCall(dev.ringdown.v1.UnholdCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnholdCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Mutes a call.
     * </pre>
     */
    public dev.ringdown.v1.MuteCallResponse muteCall(dev.ringdown.v1.MuteCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getMuteCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Unmutes a call.
     * </pre>
     */
    public dev.ringdown.v1.UnmuteCallResponse unmuteCall(dev.ringdown.v1.UnmuteCallRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUnmuteCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends digits to the remote party immediately. The flow stays at its current action.
     * </pre>
     */
    public dev.ringdown.v1.SendDigitsResponse sendDigits(dev.ringdown.v1.SendDigitsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSendDigitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Starts recording a call immediately, in both directions. The flow stays at its current action. A call has at most
     * one recording in progress.
     * </pre>
     */
    public dev.ringdown.v1.StartRecordingResponse startRecording(dev.ringdown.v1.StartRecordingRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStartRecordingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops the recording of a call, regardless of what started it. A call that is not being recorded is returned
     * unchanged.
     * </pre>
     */
    public dev.ringdown.v1.StopRecordingResponse stopRecording(dev.ringdown.v1.StopRecordingRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getStopRecordingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams all changes of the calls that match, as they happen. Events are delivered without gaps or duplicates,
     * across reconnections with `resume_token` and restarts of the server. In REST, the response is a stream of
     * Server-Sent Events, and `Last-Event-ID` resumes it.
     * </pre>
     */
    @io.grpc.ExperimentalApi("https://github.com/grpc/grpc-java/issues/10918")
    public io.grpc.stub.BlockingClientCall<?, dev.ringdown.v1.WatchCallsResponse>
        watchCalls(dev.ringdown.v1.WatchCallsRequest request) {
      return io.grpc.stub.ClientCalls.blockingV2ServerStreamingCall(
          getChannel(), getWatchCallsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone, and the quality of its audio. Passwords, keys and digits are
     * masked. The server that held the call keeps the last 64 messages of each call in memory, until newer calls need the
     * room; then, for simulated phones and after a restart the request fails with `CALL_TRACE_NOT_FOUND`.
     * </pre>
     */
    public dev.ringdown.v1.GetCallTraceResponse getCallTrace(dev.ringdown.v1.GetCallTraceRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCallTraceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone as a capture file that Wireshark opens. The messages are those of
     * GetCallTrace; the headers of IP and UDP are made up.
     * </pre>
     */
    public dev.ringdown.v1.GetCallPcapResponse getCallPcap(dev.ringdown.v1.GetCallPcapRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCallPcapMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CallService.
   * <pre>
   * Makes, controls and watches calls.
   * </pre>
   */
  public static final class CallServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CallServiceBlockingStub> {
    private CallServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CallServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CallServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes one call for each destination. The flow of a call starts when the call is answered. In REST, `destination`
     * can replace `destinations`; the response is then a single call instead of a list.
     * </pre>
     */
    public dev.ringdown.v1.CreateCallsResponse createCalls(dev.ringdown.v1.CreateCallsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateCallsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a call.
     * </pre>
     */
    public dev.ringdown.v1.GetCallResponse getCall(dev.ringdown.v1.GetCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists calls, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListCallsResponse listCalls(dev.ringdown.v1.ListCallsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCallsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a call. A call that has not ended is hung up first.
     * </pre>
     */
    public dev.ringdown.v1.DeleteCallResponse deleteCall(dev.ringdown.v1.DeleteCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Hangs up a call. A call that has ended or is being hung up is returned unchanged.
     * </pre>
     */
    public dev.ringdown.v1.HangupCallResponse hangupCall(dev.ringdown.v1.HangupCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getHangupCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Speaks a text on a call immediately, in place of what is being spoken. The flow stays at its current action.
     * </pre>
     */
    public dev.ringdown.v1.TalkCallResponse talkCall(dev.ringdown.v1.TalkCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getTalkCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Puts the remote party on hold.
     * </pre>
     */
    public dev.ringdown.v1.HoldCallResponse holdCall(dev.ringdown.v1.HoldCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getHoldCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Takes the remote party off hold.
     * </pre>
     */
    public dev.ringdown.v1.UnholdCallResponse unholdCall(dev.ringdown.v1.UnholdCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnholdCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Mutes a call.
     * </pre>
     */
    public dev.ringdown.v1.MuteCallResponse muteCall(dev.ringdown.v1.MuteCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getMuteCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Unmutes a call.
     * </pre>
     */
    public dev.ringdown.v1.UnmuteCallResponse unmuteCall(dev.ringdown.v1.UnmuteCallRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUnmuteCallMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends digits to the remote party immediately. The flow stays at its current action.
     * </pre>
     */
    public dev.ringdown.v1.SendDigitsResponse sendDigits(dev.ringdown.v1.SendDigitsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSendDigitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Starts recording a call immediately, in both directions. The flow stays at its current action. A call has at most
     * one recording in progress.
     * </pre>
     */
    public dev.ringdown.v1.StartRecordingResponse startRecording(dev.ringdown.v1.StartRecordingRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStartRecordingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Stops the recording of a call, regardless of what started it. A call that is not being recorded is returned
     * unchanged.
     * </pre>
     */
    public dev.ringdown.v1.StopRecordingResponse stopRecording(dev.ringdown.v1.StopRecordingRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getStopRecordingMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Streams all changes of the calls that match, as they happen. Events are delivered without gaps or duplicates,
     * across reconnections with `resume_token` and restarts of the server. In REST, the response is a stream of
     * Server-Sent Events, and `Last-Event-ID` resumes it.
     * </pre>
     */
    public java.util.Iterator<dev.ringdown.v1.WatchCallsResponse> watchCalls(
        dev.ringdown.v1.WatchCallsRequest request) {
      return io.grpc.stub.ClientCalls.blockingServerStreamingCall(
          getChannel(), getWatchCallsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone, and the quality of its audio. Passwords, keys and digits are
     * masked. The server that held the call keeps the last 64 messages of each call in memory, until newer calls need the
     * room; then, for simulated phones and after a restart the request fails with `CALL_TRACE_NOT_FOUND`.
     * </pre>
     */
    public dev.ringdown.v1.GetCallTraceResponse getCallTrace(dev.ringdown.v1.GetCallTraceRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCallTraceMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone as a capture file that Wireshark opens. The messages are those of
     * GetCallTrace; the headers of IP and UDP are made up.
     * </pre>
     */
    public dev.ringdown.v1.GetCallPcapResponse getCallPcap(dev.ringdown.v1.GetCallPcapRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCallPcapMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CallService.
   * <pre>
   * Makes, controls and watches calls.
   * </pre>
   */
  public static final class CallServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CallServiceFutureStub> {
    private CallServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CallServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CallServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Makes one call for each destination. The flow of a call starts when the call is answered. In REST, `destination`
     * can replace `destinations`; the response is then a single call instead of a list.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.CreateCallsResponse> createCalls(
        dev.ringdown.v1.CreateCallsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateCallsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetCallResponse> getCall(
        dev.ringdown.v1.GetCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists calls, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListCallsResponse> listCalls(
        dev.ringdown.v1.ListCallsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCallsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a call. A call that has not ended is hung up first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteCallResponse> deleteCall(
        dev.ringdown.v1.DeleteCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Hangs up a call. A call that has ended or is being hung up is returned unchanged.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.HangupCallResponse> hangupCall(
        dev.ringdown.v1.HangupCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getHangupCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Speaks a text on a call immediately, in place of what is being spoken. The flow stays at its current action.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.TalkCallResponse> talkCall(
        dev.ringdown.v1.TalkCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getTalkCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Puts the remote party on hold.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.HoldCallResponse> holdCall(
        dev.ringdown.v1.HoldCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getHoldCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Takes the remote party off hold.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UnholdCallResponse> unholdCall(
        dev.ringdown.v1.UnholdCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnholdCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Mutes a call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.MuteCallResponse> muteCall(
        dev.ringdown.v1.MuteCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getMuteCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Unmutes a call.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UnmuteCallResponse> unmuteCall(
        dev.ringdown.v1.UnmuteCallRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUnmuteCallMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sends digits to the remote party immediately. The flow stays at its current action.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.SendDigitsResponse> sendDigits(
        dev.ringdown.v1.SendDigitsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSendDigitsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Starts recording a call immediately, in both directions. The flow stays at its current action. A call has at most
     * one recording in progress.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.StartRecordingResponse> startRecording(
        dev.ringdown.v1.StartRecordingRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStartRecordingMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Stops the recording of a call, regardless of what started it. A call that is not being recorded is returned
     * unchanged.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.StopRecordingResponse> stopRecording(
        dev.ringdown.v1.StopRecordingRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getStopRecordingMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone, and the quality of its audio. Passwords, keys and digits are
     * masked. The server that held the call keeps the last 64 messages of each call in memory, until newer calls need the
     * room; then, for simulated phones and after a restart the request fails with `CALL_TRACE_NOT_FOUND`.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetCallTraceResponse> getCallTrace(
        dev.ringdown.v1.GetCallTraceRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCallTraceMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns the SIP messages of a call on a real phone as a capture file that Wireshark opens. The messages are those of
     * GetCallTrace; the headers of IP and UDP are made up.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetCallPcapResponse> getCallPcap(
        dev.ringdown.v1.GetCallPcapRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCallPcapMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_CREATE_CALLS = 0;
  private static final int METHODID_GET_CALL = 1;
  private static final int METHODID_LIST_CALLS = 2;
  private static final int METHODID_DELETE_CALL = 3;
  private static final int METHODID_HANGUP_CALL = 4;
  private static final int METHODID_TALK_CALL = 5;
  private static final int METHODID_HOLD_CALL = 6;
  private static final int METHODID_UNHOLD_CALL = 7;
  private static final int METHODID_MUTE_CALL = 8;
  private static final int METHODID_UNMUTE_CALL = 9;
  private static final int METHODID_SEND_DIGITS = 10;
  private static final int METHODID_START_RECORDING = 11;
  private static final int METHODID_STOP_RECORDING = 12;
  private static final int METHODID_WATCH_CALLS = 13;
  private static final int METHODID_GET_CALL_TRACE = 14;
  private static final int METHODID_GET_CALL_PCAP = 15;

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
        case METHODID_CREATE_CALLS:
          serviceImpl.createCalls((dev.ringdown.v1.CreateCallsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateCallsResponse>) responseObserver);
          break;
        case METHODID_GET_CALL:
          serviceImpl.getCall((dev.ringdown.v1.GetCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallResponse>) responseObserver);
          break;
        case METHODID_LIST_CALLS:
          serviceImpl.listCalls((dev.ringdown.v1.ListCallsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListCallsResponse>) responseObserver);
          break;
        case METHODID_DELETE_CALL:
          serviceImpl.deleteCall((dev.ringdown.v1.DeleteCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteCallResponse>) responseObserver);
          break;
        case METHODID_HANGUP_CALL:
          serviceImpl.hangupCall((dev.ringdown.v1.HangupCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.HangupCallResponse>) responseObserver);
          break;
        case METHODID_TALK_CALL:
          serviceImpl.talkCall((dev.ringdown.v1.TalkCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.TalkCallResponse>) responseObserver);
          break;
        case METHODID_HOLD_CALL:
          serviceImpl.holdCall((dev.ringdown.v1.HoldCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.HoldCallResponse>) responseObserver);
          break;
        case METHODID_UNHOLD_CALL:
          serviceImpl.unholdCall((dev.ringdown.v1.UnholdCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UnholdCallResponse>) responseObserver);
          break;
        case METHODID_MUTE_CALL:
          serviceImpl.muteCall((dev.ringdown.v1.MuteCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.MuteCallResponse>) responseObserver);
          break;
        case METHODID_UNMUTE_CALL:
          serviceImpl.unmuteCall((dev.ringdown.v1.UnmuteCallRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UnmuteCallResponse>) responseObserver);
          break;
        case METHODID_SEND_DIGITS:
          serviceImpl.sendDigits((dev.ringdown.v1.SendDigitsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.SendDigitsResponse>) responseObserver);
          break;
        case METHODID_START_RECORDING:
          serviceImpl.startRecording((dev.ringdown.v1.StartRecordingRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.StartRecordingResponse>) responseObserver);
          break;
        case METHODID_STOP_RECORDING:
          serviceImpl.stopRecording((dev.ringdown.v1.StopRecordingRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.StopRecordingResponse>) responseObserver);
          break;
        case METHODID_WATCH_CALLS:
          serviceImpl.watchCalls((dev.ringdown.v1.WatchCallsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.WatchCallsResponse>) responseObserver);
          break;
        case METHODID_GET_CALL_TRACE:
          serviceImpl.getCallTrace((dev.ringdown.v1.GetCallTraceRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallTraceResponse>) responseObserver);
          break;
        case METHODID_GET_CALL_PCAP:
          serviceImpl.getCallPcap((dev.ringdown.v1.GetCallPcapRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCallPcapResponse>) responseObserver);
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
          getCreateCallsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.CreateCallsRequest,
              dev.ringdown.v1.CreateCallsResponse>(
                service, METHODID_CREATE_CALLS)))
        .addMethod(
          getGetCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetCallRequest,
              dev.ringdown.v1.GetCallResponse>(
                service, METHODID_GET_CALL)))
        .addMethod(
          getListCallsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListCallsRequest,
              dev.ringdown.v1.ListCallsResponse>(
                service, METHODID_LIST_CALLS)))
        .addMethod(
          getDeleteCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteCallRequest,
              dev.ringdown.v1.DeleteCallResponse>(
                service, METHODID_DELETE_CALL)))
        .addMethod(
          getHangupCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.HangupCallRequest,
              dev.ringdown.v1.HangupCallResponse>(
                service, METHODID_HANGUP_CALL)))
        .addMethod(
          getTalkCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.TalkCallRequest,
              dev.ringdown.v1.TalkCallResponse>(
                service, METHODID_TALK_CALL)))
        .addMethod(
          getHoldCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.HoldCallRequest,
              dev.ringdown.v1.HoldCallResponse>(
                service, METHODID_HOLD_CALL)))
        .addMethod(
          getUnholdCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UnholdCallRequest,
              dev.ringdown.v1.UnholdCallResponse>(
                service, METHODID_UNHOLD_CALL)))
        .addMethod(
          getMuteCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.MuteCallRequest,
              dev.ringdown.v1.MuteCallResponse>(
                service, METHODID_MUTE_CALL)))
        .addMethod(
          getUnmuteCallMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UnmuteCallRequest,
              dev.ringdown.v1.UnmuteCallResponse>(
                service, METHODID_UNMUTE_CALL)))
        .addMethod(
          getSendDigitsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.SendDigitsRequest,
              dev.ringdown.v1.SendDigitsResponse>(
                service, METHODID_SEND_DIGITS)))
        .addMethod(
          getStartRecordingMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.StartRecordingRequest,
              dev.ringdown.v1.StartRecordingResponse>(
                service, METHODID_START_RECORDING)))
        .addMethod(
          getStopRecordingMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.StopRecordingRequest,
              dev.ringdown.v1.StopRecordingResponse>(
                service, METHODID_STOP_RECORDING)))
        .addMethod(
          getWatchCallsMethod(),
          io.grpc.stub.ServerCalls.asyncServerStreamingCall(
            new MethodHandlers<
              dev.ringdown.v1.WatchCallsRequest,
              dev.ringdown.v1.WatchCallsResponse>(
                service, METHODID_WATCH_CALLS)))
        .addMethod(
          getGetCallTraceMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetCallTraceRequest,
              dev.ringdown.v1.GetCallTraceResponse>(
                service, METHODID_GET_CALL_TRACE)))
        .addMethod(
          getGetCallPcapMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetCallPcapRequest,
              dev.ringdown.v1.GetCallPcapResponse>(
                service, METHODID_GET_CALL_PCAP)))
        .build();
  }

  private static abstract class CallServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CallServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.CallServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CallService");
    }
  }

  private static final class CallServiceFileDescriptorSupplier
      extends CallServiceBaseDescriptorSupplier {
    CallServiceFileDescriptorSupplier() {}
  }

  private static final class CallServiceMethodDescriptorSupplier
      extends CallServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CallServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (CallServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CallServiceFileDescriptorSupplier())
              .addMethod(getCreateCallsMethod())
              .addMethod(getGetCallMethod())
              .addMethod(getListCallsMethod())
              .addMethod(getDeleteCallMethod())
              .addMethod(getHangupCallMethod())
              .addMethod(getTalkCallMethod())
              .addMethod(getHoldCallMethod())
              .addMethod(getUnholdCallMethod())
              .addMethod(getMuteCallMethod())
              .addMethod(getUnmuteCallMethod())
              .addMethod(getSendDigitsMethod())
              .addMethod(getStartRecordingMethod())
              .addMethod(getStopRecordingMethod())
              .addMethod(getWatchCallsMethod())
              .addMethod(getGetCallTraceMethod())
              .addMethod(getGetCallPcapMethod())
              .build();
        }
      }
    }
    return result;
  }
}
