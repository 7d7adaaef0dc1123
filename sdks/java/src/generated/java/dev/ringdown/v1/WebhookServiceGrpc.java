package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Lists deliveries of webhooks and sends them again.
 * Every event is sent as JSON to the customer's destination (CustomerService) and to that of the activeflow
 * (`webhook_uri`): `{"type": "call_created", "timestamp": "2023-04-02T13:43:30.576077Z", "data": {…}}`. The types are
 * `call_created`, `call_updated`, `call_hangup`, `activeflow_created`, `activeflow_updated`, `activeflow_ended`,
 * `message_received` and `recording_finished`. `data` is the resource as of that event, as REST shows it in a list.
 * Webhooks are signed as defined by the Standard Webhooks specification, with the headers `webhook-id` (the id of the
 * event, the same in every attempt), `webhook-timestamp` and `webhook-signature` (`v1,…`, by the customer's secret).
 * Any response from 200 to 299 accepts a webhook. A webhook that is not accepted is retried for 24 hours and is then
 * dead. A webhook can arrive twice if its receiver accepted it and this server did not get the response; the id
 * identifies duplicates. Webhooks can arrive in a different order than the events happened.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class WebhookServiceGrpc {

  private WebhookServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.WebhookService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListWebhookDeliveriesRequest,
      dev.ringdown.v1.ListWebhookDeliveriesResponse> getListWebhookDeliveriesMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListWebhookDeliveries",
      requestType = dev.ringdown.v1.ListWebhookDeliveriesRequest.class,
      responseType = dev.ringdown.v1.ListWebhookDeliveriesResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListWebhookDeliveriesRequest,
      dev.ringdown.v1.ListWebhookDeliveriesResponse> getListWebhookDeliveriesMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListWebhookDeliveriesRequest, dev.ringdown.v1.ListWebhookDeliveriesResponse> getListWebhookDeliveriesMethod;
    if ((getListWebhookDeliveriesMethod = WebhookServiceGrpc.getListWebhookDeliveriesMethod) == null) {
      synchronized (WebhookServiceGrpc.class) {
        if ((getListWebhookDeliveriesMethod = WebhookServiceGrpc.getListWebhookDeliveriesMethod) == null) {
          WebhookServiceGrpc.getListWebhookDeliveriesMethod = getListWebhookDeliveriesMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListWebhookDeliveriesRequest, dev.ringdown.v1.ListWebhookDeliveriesResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListWebhookDeliveries"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListWebhookDeliveriesRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListWebhookDeliveriesResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WebhookServiceMethodDescriptorSupplier("ListWebhookDeliveries"))
              .build();
        }
      }
    }
    return getListWebhookDeliveriesMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetWebhookDeliveryRequest,
      dev.ringdown.v1.GetWebhookDeliveryResponse> getGetWebhookDeliveryMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetWebhookDelivery",
      requestType = dev.ringdown.v1.GetWebhookDeliveryRequest.class,
      responseType = dev.ringdown.v1.GetWebhookDeliveryResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetWebhookDeliveryRequest,
      dev.ringdown.v1.GetWebhookDeliveryResponse> getGetWebhookDeliveryMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetWebhookDeliveryRequest, dev.ringdown.v1.GetWebhookDeliveryResponse> getGetWebhookDeliveryMethod;
    if ((getGetWebhookDeliveryMethod = WebhookServiceGrpc.getGetWebhookDeliveryMethod) == null) {
      synchronized (WebhookServiceGrpc.class) {
        if ((getGetWebhookDeliveryMethod = WebhookServiceGrpc.getGetWebhookDeliveryMethod) == null) {
          WebhookServiceGrpc.getGetWebhookDeliveryMethod = getGetWebhookDeliveryMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetWebhookDeliveryRequest, dev.ringdown.v1.GetWebhookDeliveryResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetWebhookDelivery"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetWebhookDeliveryRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetWebhookDeliveryResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WebhookServiceMethodDescriptorSupplier("GetWebhookDelivery"))
              .build();
        }
      }
    }
    return getGetWebhookDeliveryMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.RedeliverWebhookRequest,
      dev.ringdown.v1.RedeliverWebhookResponse> getRedeliverWebhookMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "RedeliverWebhook",
      requestType = dev.ringdown.v1.RedeliverWebhookRequest.class,
      responseType = dev.ringdown.v1.RedeliverWebhookResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.RedeliverWebhookRequest,
      dev.ringdown.v1.RedeliverWebhookResponse> getRedeliverWebhookMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.RedeliverWebhookRequest, dev.ringdown.v1.RedeliverWebhookResponse> getRedeliverWebhookMethod;
    if ((getRedeliverWebhookMethod = WebhookServiceGrpc.getRedeliverWebhookMethod) == null) {
      synchronized (WebhookServiceGrpc.class) {
        if ((getRedeliverWebhookMethod = WebhookServiceGrpc.getRedeliverWebhookMethod) == null) {
          WebhookServiceGrpc.getRedeliverWebhookMethod = getRedeliverWebhookMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.RedeliverWebhookRequest, dev.ringdown.v1.RedeliverWebhookResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "RedeliverWebhook"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.RedeliverWebhookRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.RedeliverWebhookResponse.getDefaultInstance()))
              .setSchemaDescriptor(new WebhookServiceMethodDescriptorSupplier("RedeliverWebhook"))
              .build();
        }
      }
    }
    return getRedeliverWebhookMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static WebhookServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<WebhookServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<WebhookServiceStub>() {
        @java.lang.Override
        public WebhookServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new WebhookServiceStub(channel, callOptions);
        }
      };
    return WebhookServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static WebhookServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<WebhookServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<WebhookServiceBlockingV2Stub>() {
        @java.lang.Override
        public WebhookServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new WebhookServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return WebhookServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static WebhookServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<WebhookServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<WebhookServiceBlockingStub>() {
        @java.lang.Override
        public WebhookServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new WebhookServiceBlockingStub(channel, callOptions);
        }
      };
    return WebhookServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static WebhookServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<WebhookServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<WebhookServiceFutureStub>() {
        @java.lang.Override
        public WebhookServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new WebhookServiceFutureStub(channel, callOptions);
        }
      };
    return WebhookServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Lists deliveries of webhooks and sends them again.
   * Every event is sent as JSON to the customer's destination (CustomerService) and to that of the activeflow
   * (`webhook_uri`): `{"type": "call_created", "timestamp": "2023-04-02T13:43:30.576077Z", "data": {…}}`. The types are
   * `call_created`, `call_updated`, `call_hangup`, `activeflow_created`, `activeflow_updated`, `activeflow_ended`,
   * `message_received` and `recording_finished`. `data` is the resource as of that event, as REST shows it in a list.
   * Webhooks are signed as defined by the Standard Webhooks specification, with the headers `webhook-id` (the id of the
   * event, the same in every attempt), `webhook-timestamp` and `webhook-signature` (`v1,…`, by the customer's secret).
   * Any response from 200 to 299 accepts a webhook. A webhook that is not accepted is retried for 24 hours and is then
   * dead. A webhook can arrive twice if its receiver accepted it and this server did not get the response; the id
   * identifies duplicates. Webhooks can arrive in a different order than the events happened.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Lists deliveries, newest first.
     * </pre>
     */
    default void listWebhookDeliveries(dev.ringdown.v1.ListWebhookDeliveriesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListWebhookDeliveriesResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListWebhookDeliveriesMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a delivery with its body.
     * </pre>
     */
    default void getWebhookDelivery(dev.ringdown.v1.GetWebhookDeliveryRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetWebhookDeliveryResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetWebhookDeliveryMethod(), responseObserver);
    }

    /**
     * <pre>
     * Sends a webhook again, immediately and with as many attempts as at first, under the same `webhook-id`. A delivery
     * that is still waiting is attempted immediately.
     * </pre>
     */
    default void redeliverWebhook(dev.ringdown.v1.RedeliverWebhookRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.RedeliverWebhookResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getRedeliverWebhookMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service WebhookService.
   * <pre>
   * Lists deliveries of webhooks and sends them again.
   * Every event is sent as JSON to the customer's destination (CustomerService) and to that of the activeflow
   * (`webhook_uri`): `{"type": "call_created", "timestamp": "2023-04-02T13:43:30.576077Z", "data": {…}}`. The types are
   * `call_created`, `call_updated`, `call_hangup`, `activeflow_created`, `activeflow_updated`, `activeflow_ended`,
   * `message_received` and `recording_finished`. `data` is the resource as of that event, as REST shows it in a list.
   * Webhooks are signed as defined by the Standard Webhooks specification, with the headers `webhook-id` (the id of the
   * event, the same in every attempt), `webhook-timestamp` and `webhook-signature` (`v1,…`, by the customer's secret).
   * Any response from 200 to 299 accepts a webhook. A webhook that is not accepted is retried for 24 hours and is then
   * dead. A webhook can arrive twice if its receiver accepted it and this server did not get the response; the id
   * identifies duplicates. Webhooks can arrive in a different order than the events happened.
   * </pre>
   */
  public static abstract class WebhookServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return WebhookServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service WebhookService.
   * <pre>
   * Lists deliveries of webhooks and sends them again.
   * Every event is sent as JSON to the customer's destination (CustomerService) and to that of the activeflow
   * (`webhook_uri`): `{"type": "call_created", "timestamp": "2023-04-02T13:43:30.576077Z", "data": {…}}`. The types are
   * `call_created`, `call_updated`, `call_hangup`, `activeflow_created`, `activeflow_updated`, `activeflow_ended`,
   * `message_received` and `recording_finished`. `data` is the resource as of that event, as REST shows it in a list.
   * Webhooks are signed as defined by the Standard Webhooks specification, with the headers `webhook-id` (the id of the
   * event, the same in every attempt), `webhook-timestamp` and `webhook-signature` (`v1,…`, by the customer's secret).
   * Any response from 200 to 299 accepts a webhook. A webhook that is not accepted is retried for 24 hours and is then
   * dead. A webhook can arrive twice if its receiver accepted it and this server did not get the response; the id
   * identifies duplicates. Webhooks can arrive in a different order than the events happened.
   * </pre>
   */
  public static final class WebhookServiceStub
      extends io.grpc.stub.AbstractAsyncStub<WebhookServiceStub> {
    private WebhookServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected WebhookServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new WebhookServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists deliveries, newest first.
     * </pre>
     */
    public void listWebhookDeliveries(dev.ringdown.v1.ListWebhookDeliveriesRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListWebhookDeliveriesResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListWebhookDeliveriesMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a delivery with its body.
     * </pre>
     */
    public void getWebhookDelivery(dev.ringdown.v1.GetWebhookDeliveryRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetWebhookDeliveryResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetWebhookDeliveryMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Sends a webhook again, immediately and with as many attempts as at first, under the same `webhook-id`. A delivery
     * that is still waiting is attempted immediately.
     * </pre>
     */
    public void redeliverWebhook(dev.ringdown.v1.RedeliverWebhookRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.RedeliverWebhookResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getRedeliverWebhookMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service WebhookService.
   * <pre>
   * Lists deliveries of webhooks and sends them again.
   * Every event is sent as JSON to the customer's destination (CustomerService) and to that of the activeflow
   * (`webhook_uri`): `{"type": "call_created", "timestamp": "2023-04-02T13:43:30.576077Z", "data": {…}}`. The types are
   * `call_created`, `call_updated`, `call_hangup`, `activeflow_created`, `activeflow_updated`, `activeflow_ended`,
   * `message_received` and `recording_finished`. `data` is the resource as of that event, as REST shows it in a list.
   * Webhooks are signed as defined by the Standard Webhooks specification, with the headers `webhook-id` (the id of the
   * event, the same in every attempt), `webhook-timestamp` and `webhook-signature` (`v1,…`, by the customer's secret).
   * Any response from 200 to 299 accepts a webhook. A webhook that is not accepted is retried for 24 hours and is then
   * dead. A webhook can arrive twice if its receiver accepted it and this server did not get the response; the id
   * identifies duplicates. Webhooks can arrive in a different order than the events happened.
   * </pre>
   */
  public static final class WebhookServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<WebhookServiceBlockingV2Stub> {
    private WebhookServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected WebhookServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new WebhookServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists deliveries, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListWebhookDeliveriesResponse listWebhookDeliveries(dev.ringdown.v1.ListWebhookDeliveriesRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListWebhookDeliveriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a delivery with its body.
     * </pre>
     */
    public dev.ringdown.v1.GetWebhookDeliveryResponse getWebhookDelivery(dev.ringdown.v1.GetWebhookDeliveryRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetWebhookDeliveryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends a webhook again, immediately and with as many attempts as at first, under the same `webhook-id`. A delivery
     * that is still waiting is attempted immediately.
     * </pre>
     */
    public dev.ringdown.v1.RedeliverWebhookResponse redeliverWebhook(dev.ringdown.v1.RedeliverWebhookRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getRedeliverWebhookMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service WebhookService.
   * <pre>
   * Lists deliveries of webhooks and sends them again.
   * Every event is sent as JSON to the customer's destination (CustomerService) and to that of the activeflow
   * (`webhook_uri`): `{"type": "call_created", "timestamp": "2023-04-02T13:43:30.576077Z", "data": {…}}`. The types are
   * `call_created`, `call_updated`, `call_hangup`, `activeflow_created`, `activeflow_updated`, `activeflow_ended`,
   * `message_received` and `recording_finished`. `data` is the resource as of that event, as REST shows it in a list.
   * Webhooks are signed as defined by the Standard Webhooks specification, with the headers `webhook-id` (the id of the
   * event, the same in every attempt), `webhook-timestamp` and `webhook-signature` (`v1,…`, by the customer's secret).
   * Any response from 200 to 299 accepts a webhook. A webhook that is not accepted is retried for 24 hours and is then
   * dead. A webhook can arrive twice if its receiver accepted it and this server did not get the response; the id
   * identifies duplicates. Webhooks can arrive in a different order than the events happened.
   * </pre>
   */
  public static final class WebhookServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<WebhookServiceBlockingStub> {
    private WebhookServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected WebhookServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new WebhookServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists deliveries, newest first.
     * </pre>
     */
    public dev.ringdown.v1.ListWebhookDeliveriesResponse listWebhookDeliveries(dev.ringdown.v1.ListWebhookDeliveriesRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListWebhookDeliveriesMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a delivery with its body.
     * </pre>
     */
    public dev.ringdown.v1.GetWebhookDeliveryResponse getWebhookDelivery(dev.ringdown.v1.GetWebhookDeliveryRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetWebhookDeliveryMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Sends a webhook again, immediately and with as many attempts as at first, under the same `webhook-id`. A delivery
     * that is still waiting is attempted immediately.
     * </pre>
     */
    public dev.ringdown.v1.RedeliverWebhookResponse redeliverWebhook(dev.ringdown.v1.RedeliverWebhookRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getRedeliverWebhookMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service WebhookService.
   * <pre>
   * Lists deliveries of webhooks and sends them again.
   * Every event is sent as JSON to the customer's destination (CustomerService) and to that of the activeflow
   * (`webhook_uri`): `{"type": "call_created", "timestamp": "2023-04-02T13:43:30.576077Z", "data": {…}}`. The types are
   * `call_created`, `call_updated`, `call_hangup`, `activeflow_created`, `activeflow_updated`, `activeflow_ended`,
   * `message_received` and `recording_finished`. `data` is the resource as of that event, as REST shows it in a list.
   * Webhooks are signed as defined by the Standard Webhooks specification, with the headers `webhook-id` (the id of the
   * event, the same in every attempt), `webhook-timestamp` and `webhook-signature` (`v1,…`, by the customer's secret).
   * Any response from 200 to 299 accepts a webhook. A webhook that is not accepted is retried for 24 hours and is then
   * dead. A webhook can arrive twice if its receiver accepted it and this server did not get the response; the id
   * identifies duplicates. Webhooks can arrive in a different order than the events happened.
   * </pre>
   */
  public static final class WebhookServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<WebhookServiceFutureStub> {
    private WebhookServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected WebhookServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new WebhookServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Lists deliveries, newest first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListWebhookDeliveriesResponse> listWebhookDeliveries(
        dev.ringdown.v1.ListWebhookDeliveriesRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListWebhookDeliveriesMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a delivery with its body.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetWebhookDeliveryResponse> getWebhookDelivery(
        dev.ringdown.v1.GetWebhookDeliveryRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetWebhookDeliveryMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Sends a webhook again, immediately and with as many attempts as at first, under the same `webhook-id`. A delivery
     * that is still waiting is attempted immediately.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.RedeliverWebhookResponse> redeliverWebhook(
        dev.ringdown.v1.RedeliverWebhookRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getRedeliverWebhookMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_LIST_WEBHOOK_DELIVERIES = 0;
  private static final int METHODID_GET_WEBHOOK_DELIVERY = 1;
  private static final int METHODID_REDELIVER_WEBHOOK = 2;

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
        case METHODID_LIST_WEBHOOK_DELIVERIES:
          serviceImpl.listWebhookDeliveries((dev.ringdown.v1.ListWebhookDeliveriesRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListWebhookDeliveriesResponse>) responseObserver);
          break;
        case METHODID_GET_WEBHOOK_DELIVERY:
          serviceImpl.getWebhookDelivery((dev.ringdown.v1.GetWebhookDeliveryRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetWebhookDeliveryResponse>) responseObserver);
          break;
        case METHODID_REDELIVER_WEBHOOK:
          serviceImpl.redeliverWebhook((dev.ringdown.v1.RedeliverWebhookRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.RedeliverWebhookResponse>) responseObserver);
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
          getListWebhookDeliveriesMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListWebhookDeliveriesRequest,
              dev.ringdown.v1.ListWebhookDeliveriesResponse>(
                service, METHODID_LIST_WEBHOOK_DELIVERIES)))
        .addMethod(
          getGetWebhookDeliveryMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetWebhookDeliveryRequest,
              dev.ringdown.v1.GetWebhookDeliveryResponse>(
                service, METHODID_GET_WEBHOOK_DELIVERY)))
        .addMethod(
          getRedeliverWebhookMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.RedeliverWebhookRequest,
              dev.ringdown.v1.RedeliverWebhookResponse>(
                service, METHODID_REDELIVER_WEBHOOK)))
        .build();
  }

  private static abstract class WebhookServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    WebhookServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.WebhookServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("WebhookService");
    }
  }

  private static final class WebhookServiceFileDescriptorSupplier
      extends WebhookServiceBaseDescriptorSupplier {
    WebhookServiceFileDescriptorSupplier() {}
  }

  private static final class WebhookServiceMethodDescriptorSupplier
      extends WebhookServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    WebhookServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (WebhookServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new WebhookServiceFileDescriptorSupplier())
              .addMethod(getListWebhookDeliveriesMethod())
              .addMethod(getGetWebhookDeliveryMethod())
              .addMethod(getRedeliverWebhookMethod())
              .build();
        }
      }
    }
    return result;
  }
}
