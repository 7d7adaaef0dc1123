package dev.ringdown.v1;

import static io.grpc.MethodDescriptor.generateFullMethodName;

/**
 * <pre>
 * Manages the customer that your credential belongs to, and, with an operator's access key, all customers of the server.
 * </pre>
 */
@io.grpc.stub.annotations.GrpcGenerated
public final class CustomerServiceGrpc {

  private CustomerServiceGrpc() {}

  public static final java.lang.String SERVICE_NAME = "ringdown.v1.CustomerService";

  // Static method descriptors that strictly reflect the proto.
  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetCustomerRequest,
      dev.ringdown.v1.GetCustomerResponse> getGetCustomerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCustomer",
      requestType = dev.ringdown.v1.GetCustomerRequest.class,
      responseType = dev.ringdown.v1.GetCustomerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetCustomerRequest,
      dev.ringdown.v1.GetCustomerResponse> getGetCustomerMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetCustomerRequest, dev.ringdown.v1.GetCustomerResponse> getGetCustomerMethod;
    if ((getGetCustomerMethod = CustomerServiceGrpc.getGetCustomerMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getGetCustomerMethod = CustomerServiceGrpc.getGetCustomerMethod) == null) {
          CustomerServiceGrpc.getGetCustomerMethod = getGetCustomerMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetCustomerRequest, dev.ringdown.v1.GetCustomerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCustomer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCustomerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCustomerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("GetCustomer"))
              .build();
        }
      }
    }
    return getGetCustomerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateCustomerRequest,
      dev.ringdown.v1.UpdateCustomerResponse> getUpdateCustomerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateCustomer",
      requestType = dev.ringdown.v1.UpdateCustomerRequest.class,
      responseType = dev.ringdown.v1.UpdateCustomerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateCustomerRequest,
      dev.ringdown.v1.UpdateCustomerResponse> getUpdateCustomerMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateCustomerRequest, dev.ringdown.v1.UpdateCustomerResponse> getUpdateCustomerMethod;
    if ((getUpdateCustomerMethod = CustomerServiceGrpc.getUpdateCustomerMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getUpdateCustomerMethod = CustomerServiceGrpc.getUpdateCustomerMethod) == null) {
          CustomerServiceGrpc.getUpdateCustomerMethod = getUpdateCustomerMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UpdateCustomerRequest, dev.ringdown.v1.UpdateCustomerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateCustomer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateCustomerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateCustomerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("UpdateCustomer"))
              .build();
        }
      }
    }
    return getUpdateCustomerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ListCustomersRequest,
      dev.ringdown.v1.ListCustomersResponse> getListCustomersMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ListCustomers",
      requestType = dev.ringdown.v1.ListCustomersRequest.class,
      responseType = dev.ringdown.v1.ListCustomersResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ListCustomersRequest,
      dev.ringdown.v1.ListCustomersResponse> getListCustomersMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ListCustomersRequest, dev.ringdown.v1.ListCustomersResponse> getListCustomersMethod;
    if ((getListCustomersMethod = CustomerServiceGrpc.getListCustomersMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getListCustomersMethod = CustomerServiceGrpc.getListCustomersMethod) == null) {
          CustomerServiceGrpc.getListCustomersMethod = getListCustomersMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ListCustomersRequest, dev.ringdown.v1.ListCustomersResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ListCustomers"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListCustomersRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ListCustomersResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("ListCustomers"))
              .build();
        }
      }
    }
    return getListCustomersMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.CreateCustomerRequest,
      dev.ringdown.v1.CreateCustomerResponse> getCreateCustomerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "CreateCustomer",
      requestType = dev.ringdown.v1.CreateCustomerRequest.class,
      responseType = dev.ringdown.v1.CreateCustomerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.CreateCustomerRequest,
      dev.ringdown.v1.CreateCustomerResponse> getCreateCustomerMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.CreateCustomerRequest, dev.ringdown.v1.CreateCustomerResponse> getCreateCustomerMethod;
    if ((getCreateCustomerMethod = CustomerServiceGrpc.getCreateCustomerMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getCreateCustomerMethod = CustomerServiceGrpc.getCreateCustomerMethod) == null) {
          CustomerServiceGrpc.getCreateCustomerMethod = getCreateCustomerMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.CreateCustomerRequest, dev.ringdown.v1.CreateCustomerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "CreateCustomer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateCustomerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.CreateCustomerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("CreateCustomer"))
              .build();
        }
      }
    }
    return getCreateCustomerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.GetCustomerUseRequest,
      dev.ringdown.v1.GetCustomerUseResponse> getGetCustomerUseMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "GetCustomerUse",
      requestType = dev.ringdown.v1.GetCustomerUseRequest.class,
      responseType = dev.ringdown.v1.GetCustomerUseResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.GetCustomerUseRequest,
      dev.ringdown.v1.GetCustomerUseResponse> getGetCustomerUseMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.GetCustomerUseRequest, dev.ringdown.v1.GetCustomerUseResponse> getGetCustomerUseMethod;
    if ((getGetCustomerUseMethod = CustomerServiceGrpc.getGetCustomerUseMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getGetCustomerUseMethod = CustomerServiceGrpc.getGetCustomerUseMethod) == null) {
          CustomerServiceGrpc.getGetCustomerUseMethod = getGetCustomerUseMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.GetCustomerUseRequest, dev.ringdown.v1.GetCustomerUseResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "GetCustomerUse"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCustomerUseRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.GetCustomerUseResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("GetCustomerUse"))
              .build();
        }
      }
    }
    return getGetCustomerUseMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateCustomerLimitsRequest,
      dev.ringdown.v1.UpdateCustomerLimitsResponse> getUpdateCustomerLimitsMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "UpdateCustomerLimits",
      requestType = dev.ringdown.v1.UpdateCustomerLimitsRequest.class,
      responseType = dev.ringdown.v1.UpdateCustomerLimitsResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateCustomerLimitsRequest,
      dev.ringdown.v1.UpdateCustomerLimitsResponse> getUpdateCustomerLimitsMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.UpdateCustomerLimitsRequest, dev.ringdown.v1.UpdateCustomerLimitsResponse> getUpdateCustomerLimitsMethod;
    if ((getUpdateCustomerLimitsMethod = CustomerServiceGrpc.getUpdateCustomerLimitsMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getUpdateCustomerLimitsMethod = CustomerServiceGrpc.getUpdateCustomerLimitsMethod) == null) {
          CustomerServiceGrpc.getUpdateCustomerLimitsMethod = getUpdateCustomerLimitsMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.UpdateCustomerLimitsRequest, dev.ringdown.v1.UpdateCustomerLimitsResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "UpdateCustomerLimits"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateCustomerLimitsRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.UpdateCustomerLimitsResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("UpdateCustomerLimits"))
              .build();
        }
      }
    }
    return getUpdateCustomerLimitsMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.SuspendCustomerRequest,
      dev.ringdown.v1.SuspendCustomerResponse> getSuspendCustomerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "SuspendCustomer",
      requestType = dev.ringdown.v1.SuspendCustomerRequest.class,
      responseType = dev.ringdown.v1.SuspendCustomerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.SuspendCustomerRequest,
      dev.ringdown.v1.SuspendCustomerResponse> getSuspendCustomerMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.SuspendCustomerRequest, dev.ringdown.v1.SuspendCustomerResponse> getSuspendCustomerMethod;
    if ((getSuspendCustomerMethod = CustomerServiceGrpc.getSuspendCustomerMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getSuspendCustomerMethod = CustomerServiceGrpc.getSuspendCustomerMethod) == null) {
          CustomerServiceGrpc.getSuspendCustomerMethod = getSuspendCustomerMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.SuspendCustomerRequest, dev.ringdown.v1.SuspendCustomerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "SuspendCustomer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SuspendCustomerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.SuspendCustomerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("SuspendCustomer"))
              .build();
        }
      }
    }
    return getSuspendCustomerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.ResumeCustomerRequest,
      dev.ringdown.v1.ResumeCustomerResponse> getResumeCustomerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "ResumeCustomer",
      requestType = dev.ringdown.v1.ResumeCustomerRequest.class,
      responseType = dev.ringdown.v1.ResumeCustomerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.ResumeCustomerRequest,
      dev.ringdown.v1.ResumeCustomerResponse> getResumeCustomerMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.ResumeCustomerRequest, dev.ringdown.v1.ResumeCustomerResponse> getResumeCustomerMethod;
    if ((getResumeCustomerMethod = CustomerServiceGrpc.getResumeCustomerMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getResumeCustomerMethod = CustomerServiceGrpc.getResumeCustomerMethod) == null) {
          CustomerServiceGrpc.getResumeCustomerMethod = getResumeCustomerMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.ResumeCustomerRequest, dev.ringdown.v1.ResumeCustomerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "ResumeCustomer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ResumeCustomerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.ResumeCustomerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("ResumeCustomer"))
              .build();
        }
      }
    }
    return getResumeCustomerMethod;
  }

  private static volatile io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteCustomerRequest,
      dev.ringdown.v1.DeleteCustomerResponse> getDeleteCustomerMethod;

  @io.grpc.stub.annotations.RpcMethod(
      fullMethodName = SERVICE_NAME + '/' + "DeleteCustomer",
      requestType = dev.ringdown.v1.DeleteCustomerRequest.class,
      responseType = dev.ringdown.v1.DeleteCustomerResponse.class,
      methodType = io.grpc.MethodDescriptor.MethodType.UNARY)
  public static io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteCustomerRequest,
      dev.ringdown.v1.DeleteCustomerResponse> getDeleteCustomerMethod() {
    io.grpc.MethodDescriptor<dev.ringdown.v1.DeleteCustomerRequest, dev.ringdown.v1.DeleteCustomerResponse> getDeleteCustomerMethod;
    if ((getDeleteCustomerMethod = CustomerServiceGrpc.getDeleteCustomerMethod) == null) {
      synchronized (CustomerServiceGrpc.class) {
        if ((getDeleteCustomerMethod = CustomerServiceGrpc.getDeleteCustomerMethod) == null) {
          CustomerServiceGrpc.getDeleteCustomerMethod = getDeleteCustomerMethod =
              io.grpc.MethodDescriptor.<dev.ringdown.v1.DeleteCustomerRequest, dev.ringdown.v1.DeleteCustomerResponse>newBuilder()
              .setType(io.grpc.MethodDescriptor.MethodType.UNARY)
              .setFullMethodName(generateFullMethodName(SERVICE_NAME, "DeleteCustomer"))
              .setSampledToLocalTracing(true)
              .setRequestMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteCustomerRequest.getDefaultInstance()))
              .setResponseMarshaller(io.grpc.protobuf.ProtoUtils.marshaller(
                  dev.ringdown.v1.DeleteCustomerResponse.getDefaultInstance()))
              .setSchemaDescriptor(new CustomerServiceMethodDescriptorSupplier("DeleteCustomer"))
              .build();
        }
      }
    }
    return getDeleteCustomerMethod;
  }

  /**
   * Creates a new async stub that supports all call types for the service
   */
  public static CustomerServiceStub newStub(io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CustomerServiceStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CustomerServiceStub>() {
        @java.lang.Override
        public CustomerServiceStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CustomerServiceStub(channel, callOptions);
        }
      };
    return CustomerServiceStub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports all types of calls on the service
   */
  public static CustomerServiceBlockingV2Stub newBlockingV2Stub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CustomerServiceBlockingV2Stub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CustomerServiceBlockingV2Stub>() {
        @java.lang.Override
        public CustomerServiceBlockingV2Stub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CustomerServiceBlockingV2Stub(channel, callOptions);
        }
      };
    return CustomerServiceBlockingV2Stub.newStub(factory, channel);
  }

  /**
   * Creates a new blocking-style stub that supports unary and streaming output calls on the service
   */
  public static CustomerServiceBlockingStub newBlockingStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CustomerServiceBlockingStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CustomerServiceBlockingStub>() {
        @java.lang.Override
        public CustomerServiceBlockingStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CustomerServiceBlockingStub(channel, callOptions);
        }
      };
    return CustomerServiceBlockingStub.newStub(factory, channel);
  }

  /**
   * Creates a new ListenableFuture-style stub that supports unary calls on the service
   */
  public static CustomerServiceFutureStub newFutureStub(
      io.grpc.Channel channel) {
    io.grpc.stub.AbstractStub.StubFactory<CustomerServiceFutureStub> factory =
      new io.grpc.stub.AbstractStub.StubFactory<CustomerServiceFutureStub>() {
        @java.lang.Override
        public CustomerServiceFutureStub newStub(io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
          return new CustomerServiceFutureStub(channel, callOptions);
        }
      };
    return CustomerServiceFutureStub.newStub(factory, channel);
  }

  /**
   * <pre>
   * Manages the customer that your credential belongs to, and, with an operator's access key, all customers of the server.
   * </pre>
   */
  public interface AsyncService {

    /**
     * <pre>
     * Returns the customer that your credential belongs to, without the secret of its webhooks.
     * </pre>
     */
    default void getCustomer(dev.ringdown.v1.GetCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCustomerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCustomerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the name, detail and webhook destination of the customer. Setting the first destination, or
     * `rotate_webhook_secret`, creates a secret. Only this response contains it.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    default void updateCustomer(dev.ringdown.v1.UpdateCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateCustomerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateCustomerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Lists all customers, newest first. For operators.
     * </pre>
     */
    default void listCustomers(dev.ringdown.v1.ListCustomersRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListCustomersResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getListCustomersMethod(), responseObserver);
    }

    /**
     * <pre>
     * Creates a customer and its first access key, a full key. Only this response contains the key itself. For operators.
     * </pre>
     */
    default void createCustomer(dev.ringdown.v1.CreateCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateCustomerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getCreateCustomerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Returns a customer with its limits and what it uses now and today. A customer can name only itself.
     * </pre>
     */
    default void getCustomerUse(dev.ringdown.v1.GetCustomerUseRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCustomerUseResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getGetCustomerUseMethod(), responseObserver);
    }

    /**
     * <pre>
     * Replaces the limits that are set for a customer: one that is left out gets the server's default. For operators.
     * With `update_mask` (REST: `PATCH`), only the named limits change. With `expected_revision`, the request fails if
     * another change of the customer came first. A lower limit ends nothing that already runs.
     * </pre>
     */
    default void updateCustomerLimits(dev.ringdown.v1.UpdateCustomerLimitsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateCustomerLimitsResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getUpdateCustomerLimitsMethod(), responseObserver);
    }

    /**
     * <pre>
     * Suspends a customer: nothing new begins. Its requests that change anything fail with PERMISSION_DENIED
     * `CUSTOMER_SUSPENDED`, calls and messages to its numbers are refused, and its watches end; it can still read. What
     * already runs goes on, or is stopped. Other servers on the same database act on it within five seconds. Suspending a
     * suspended customer has no effect, apart from stopping what runs. For operators.
     * </pre>
     */
    default void suspendCustomer(dev.ringdown.v1.SuspendCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SuspendCustomerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getSuspendCustomerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Ends the suspension of a customer. For operators.
     * </pre>
     */
    default void resumeCustomer(dev.ringdown.v1.ResumeCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ResumeCustomerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getResumeCustomerMethod(), responseObserver);
    }

    /**
     * <pre>
     * Deletes a suspended customer with all its data: what runs is stopped, and its access keys are refused from now on.
     * Its numbers, flows, activeflows, calls, history, messages, recordings and keys are deleted in the background. This
     * cannot be undone. A customer that is not suspended fails with FAILED_PRECONDITION `CUSTOMER_NOT_SUSPENDED`. For
     * operators.
     * </pre>
     */
    default void deleteCustomer(dev.ringdown.v1.DeleteCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteCustomerResponse> responseObserver) {
      io.grpc.stub.ServerCalls.asyncUnimplementedUnaryCall(getDeleteCustomerMethod(), responseObserver);
    }
  }

  /**
   * Base class for the server implementation of the service CustomerService.
   * <pre>
   * Manages the customer that your credential belongs to, and, with an operator's access key, all customers of the server.
   * </pre>
   */
  public static abstract class CustomerServiceImplBase
      implements io.grpc.BindableService, AsyncService {

    @java.lang.Override public final io.grpc.ServerServiceDefinition bindService() {
      return CustomerServiceGrpc.bindService(this);
    }
  }

  /**
   * A stub to allow clients to do asynchronous rpc calls to service CustomerService.
   * <pre>
   * Manages the customer that your credential belongs to, and, with an operator's access key, all customers of the server.
   * </pre>
   */
  public static final class CustomerServiceStub
      extends io.grpc.stub.AbstractAsyncStub<CustomerServiceStub> {
    private CustomerServiceStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CustomerServiceStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CustomerServiceStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns the customer that your credential belongs to, without the secret of its webhooks.
     * </pre>
     */
    public void getCustomer(dev.ringdown.v1.GetCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCustomerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCustomerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the name, detail and webhook destination of the customer. Setting the first destination, or
     * `rotate_webhook_secret`, creates a secret. Only this response contains it.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public void updateCustomer(dev.ringdown.v1.UpdateCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateCustomerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateCustomerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Lists all customers, newest first. For operators.
     * </pre>
     */
    public void listCustomers(dev.ringdown.v1.ListCustomersRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ListCustomersResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getListCustomersMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Creates a customer and its first access key, a full key. Only this response contains the key itself. For operators.
     * </pre>
     */
    public void createCustomer(dev.ringdown.v1.CreateCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateCustomerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getCreateCustomerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Returns a customer with its limits and what it uses now and today. A customer can name only itself.
     * </pre>
     */
    public void getCustomerUse(dev.ringdown.v1.GetCustomerUseRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCustomerUseResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getGetCustomerUseMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Replaces the limits that are set for a customer: one that is left out gets the server's default. For operators.
     * With `update_mask` (REST: `PATCH`), only the named limits change. With `expected_revision`, the request fails if
     * another change of the customer came first. A lower limit ends nothing that already runs.
     * </pre>
     */
    public void updateCustomerLimits(dev.ringdown.v1.UpdateCustomerLimitsRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateCustomerLimitsResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getUpdateCustomerLimitsMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Suspends a customer: nothing new begins. Its requests that change anything fail with PERMISSION_DENIED
     * `CUSTOMER_SUSPENDED`, calls and messages to its numbers are refused, and its watches end; it can still read. What
     * already runs goes on, or is stopped. Other servers on the same database act on it within five seconds. Suspending a
     * suspended customer has no effect, apart from stopping what runs. For operators.
     * </pre>
     */
    public void suspendCustomer(dev.ringdown.v1.SuspendCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.SuspendCustomerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getSuspendCustomerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Ends the suspension of a customer. For operators.
     * </pre>
     */
    public void resumeCustomer(dev.ringdown.v1.ResumeCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.ResumeCustomerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getResumeCustomerMethod(), getCallOptions()), request, responseObserver);
    }

    /**
     * <pre>
     * Deletes a suspended customer with all its data: what runs is stopped, and its access keys are refused from now on.
     * Its numbers, flows, activeflows, calls, history, messages, recordings and keys are deleted in the background. This
     * cannot be undone. A customer that is not suspended fails with FAILED_PRECONDITION `CUSTOMER_NOT_SUSPENDED`. For
     * operators.
     * </pre>
     */
    public void deleteCustomer(dev.ringdown.v1.DeleteCustomerRequest request,
        io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteCustomerResponse> responseObserver) {
      io.grpc.stub.ClientCalls.asyncUnaryCall(
          getChannel().newCall(getDeleteCustomerMethod(), getCallOptions()), request, responseObserver);
    }
  }

  /**
   * A stub to allow clients to do synchronous rpc calls to service CustomerService.
   * <pre>
   * Manages the customer that your credential belongs to, and, with an operator's access key, all customers of the server.
   * </pre>
   */
  public static final class CustomerServiceBlockingV2Stub
      extends io.grpc.stub.AbstractBlockingStub<CustomerServiceBlockingV2Stub> {
    private CustomerServiceBlockingV2Stub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CustomerServiceBlockingV2Stub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CustomerServiceBlockingV2Stub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns the customer that your credential belongs to, without the secret of its webhooks.
     * </pre>
     */
    public dev.ringdown.v1.GetCustomerResponse getCustomer(dev.ringdown.v1.GetCustomerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the name, detail and webhook destination of the customer. Setting the first destination, or
     * `rotate_webhook_secret`, creates a secret. Only this response contains it.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public dev.ringdown.v1.UpdateCustomerResponse updateCustomer(dev.ringdown.v1.UpdateCustomerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists all customers, newest first. For operators.
     * </pre>
     */
    public dev.ringdown.v1.ListCustomersResponse listCustomers(dev.ringdown.v1.ListCustomersRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getListCustomersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a customer and its first access key, a full key. Only this response contains the key itself. For operators.
     * </pre>
     */
    public dev.ringdown.v1.CreateCustomerResponse createCustomer(dev.ringdown.v1.CreateCustomerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getCreateCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a customer with its limits and what it uses now and today. A customer can name only itself.
     * </pre>
     */
    public dev.ringdown.v1.GetCustomerUseResponse getCustomerUse(dev.ringdown.v1.GetCustomerUseRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getGetCustomerUseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the limits that are set for a customer: one that is left out gets the server's default. For operators.
     * With `update_mask` (REST: `PATCH`), only the named limits change. With `expected_revision`, the request fails if
     * another change of the customer came first. A lower limit ends nothing that already runs.
     * </pre>
     */
    public dev.ringdown.v1.UpdateCustomerLimitsResponse updateCustomerLimits(dev.ringdown.v1.UpdateCustomerLimitsRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getUpdateCustomerLimitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Suspends a customer: nothing new begins. Its requests that change anything fail with PERMISSION_DENIED
     * `CUSTOMER_SUSPENDED`, calls and messages to its numbers are refused, and its watches end; it can still read. What
     * already runs goes on, or is stopped. Other servers on the same database act on it within five seconds. Suspending a
     * suspended customer has no effect, apart from stopping what runs. For operators.
     * </pre>
     */
    public dev.ringdown.v1.SuspendCustomerResponse suspendCustomer(dev.ringdown.v1.SuspendCustomerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getSuspendCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends the suspension of a customer. For operators.
     * </pre>
     */
    public dev.ringdown.v1.ResumeCustomerResponse resumeCustomer(dev.ringdown.v1.ResumeCustomerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getResumeCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a suspended customer with all its data: what runs is stopped, and its access keys are refused from now on.
     * Its numbers, flows, activeflows, calls, history, messages, recordings and keys are deleted in the background. This
     * cannot be undone. A customer that is not suspended fails with FAILED_PRECONDITION `CUSTOMER_NOT_SUSPENDED`. For
     * operators.
     * </pre>
     */
    public dev.ringdown.v1.DeleteCustomerResponse deleteCustomer(dev.ringdown.v1.DeleteCustomerRequest request) throws io.grpc.StatusException {
      return io.grpc.stub.ClientCalls.blockingV2UnaryCall(
          getChannel(), getDeleteCustomerMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do limited synchronous rpc calls to service CustomerService.
   * <pre>
   * Manages the customer that your credential belongs to, and, with an operator's access key, all customers of the server.
   * </pre>
   */
  public static final class CustomerServiceBlockingStub
      extends io.grpc.stub.AbstractBlockingStub<CustomerServiceBlockingStub> {
    private CustomerServiceBlockingStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CustomerServiceBlockingStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CustomerServiceBlockingStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns the customer that your credential belongs to, without the secret of its webhooks.
     * </pre>
     */
    public dev.ringdown.v1.GetCustomerResponse getCustomer(dev.ringdown.v1.GetCustomerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the name, detail and webhook destination of the customer. Setting the first destination, or
     * `rotate_webhook_secret`, creates a secret. Only this response contains it.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public dev.ringdown.v1.UpdateCustomerResponse updateCustomer(dev.ringdown.v1.UpdateCustomerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Lists all customers, newest first. For operators.
     * </pre>
     */
    public dev.ringdown.v1.ListCustomersResponse listCustomers(dev.ringdown.v1.ListCustomersRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getListCustomersMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Creates a customer and its first access key, a full key. Only this response contains the key itself. For operators.
     * </pre>
     */
    public dev.ringdown.v1.CreateCustomerResponse createCustomer(dev.ringdown.v1.CreateCustomerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getCreateCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Returns a customer with its limits and what it uses now and today. A customer can name only itself.
     * </pre>
     */
    public dev.ringdown.v1.GetCustomerUseResponse getCustomerUse(dev.ringdown.v1.GetCustomerUseRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getGetCustomerUseMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Replaces the limits that are set for a customer: one that is left out gets the server's default. For operators.
     * With `update_mask` (REST: `PATCH`), only the named limits change. With `expected_revision`, the request fails if
     * another change of the customer came first. A lower limit ends nothing that already runs.
     * </pre>
     */
    public dev.ringdown.v1.UpdateCustomerLimitsResponse updateCustomerLimits(dev.ringdown.v1.UpdateCustomerLimitsRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getUpdateCustomerLimitsMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Suspends a customer: nothing new begins. Its requests that change anything fail with PERMISSION_DENIED
     * `CUSTOMER_SUSPENDED`, calls and messages to its numbers are refused, and its watches end; it can still read. What
     * already runs goes on, or is stopped. Other servers on the same database act on it within five seconds. Suspending a
     * suspended customer has no effect, apart from stopping what runs. For operators.
     * </pre>
     */
    public dev.ringdown.v1.SuspendCustomerResponse suspendCustomer(dev.ringdown.v1.SuspendCustomerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getSuspendCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Ends the suspension of a customer. For operators.
     * </pre>
     */
    public dev.ringdown.v1.ResumeCustomerResponse resumeCustomer(dev.ringdown.v1.ResumeCustomerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getResumeCustomerMethod(), getCallOptions(), request);
    }

    /**
     * <pre>
     * Deletes a suspended customer with all its data: what runs is stopped, and its access keys are refused from now on.
     * Its numbers, flows, activeflows, calls, history, messages, recordings and keys are deleted in the background. This
     * cannot be undone. A customer that is not suspended fails with FAILED_PRECONDITION `CUSTOMER_NOT_SUSPENDED`. For
     * operators.
     * </pre>
     */
    public dev.ringdown.v1.DeleteCustomerResponse deleteCustomer(dev.ringdown.v1.DeleteCustomerRequest request) {
      return io.grpc.stub.ClientCalls.blockingUnaryCall(
          getChannel(), getDeleteCustomerMethod(), getCallOptions(), request);
    }
  }

  /**
   * A stub to allow clients to do ListenableFuture-style rpc calls to service CustomerService.
   * <pre>
   * Manages the customer that your credential belongs to, and, with an operator's access key, all customers of the server.
   * </pre>
   */
  public static final class CustomerServiceFutureStub
      extends io.grpc.stub.AbstractFutureStub<CustomerServiceFutureStub> {
    private CustomerServiceFutureStub(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      super(channel, callOptions);
    }

    @java.lang.Override
    protected CustomerServiceFutureStub build(
        io.grpc.Channel channel, io.grpc.CallOptions callOptions) {
      return new CustomerServiceFutureStub(channel, callOptions);
    }

    /**
     * <pre>
     * Returns the customer that your credential belongs to, without the secret of its webhooks.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetCustomerResponse> getCustomer(
        dev.ringdown.v1.GetCustomerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCustomerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the name, detail and webhook destination of the customer. Setting the first destination, or
     * `rotate_webhook_secret`, creates a secret. Only this response contains it.
     * With `update_mask` (REST: `PATCH`), only the named fields change. Concurrent updates are applied one after the
     * other, and none is lost. With `expected_revision`, the request fails if another change came first.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UpdateCustomerResponse> updateCustomer(
        dev.ringdown.v1.UpdateCustomerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateCustomerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Lists all customers, newest first. For operators.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ListCustomersResponse> listCustomers(
        dev.ringdown.v1.ListCustomersRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getListCustomersMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Creates a customer and its first access key, a full key. Only this response contains the key itself. For operators.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.CreateCustomerResponse> createCustomer(
        dev.ringdown.v1.CreateCustomerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getCreateCustomerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Returns a customer with its limits and what it uses now and today. A customer can name only itself.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.GetCustomerUseResponse> getCustomerUse(
        dev.ringdown.v1.GetCustomerUseRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getGetCustomerUseMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Replaces the limits that are set for a customer: one that is left out gets the server's default. For operators.
     * With `update_mask` (REST: `PATCH`), only the named limits change. With `expected_revision`, the request fails if
     * another change of the customer came first. A lower limit ends nothing that already runs.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.UpdateCustomerLimitsResponse> updateCustomerLimits(
        dev.ringdown.v1.UpdateCustomerLimitsRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getUpdateCustomerLimitsMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Suspends a customer: nothing new begins. Its requests that change anything fail with PERMISSION_DENIED
     * `CUSTOMER_SUSPENDED`, calls and messages to its numbers are refused, and its watches end; it can still read. What
     * already runs goes on, or is stopped. Other servers on the same database act on it within five seconds. Suspending a
     * suspended customer has no effect, apart from stopping what runs. For operators.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.SuspendCustomerResponse> suspendCustomer(
        dev.ringdown.v1.SuspendCustomerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getSuspendCustomerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Ends the suspension of a customer. For operators.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.ResumeCustomerResponse> resumeCustomer(
        dev.ringdown.v1.ResumeCustomerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getResumeCustomerMethod(), getCallOptions()), request);
    }

    /**
     * <pre>
     * Deletes a suspended customer with all its data: what runs is stopped, and its access keys are refused from now on.
     * Its numbers, flows, activeflows, calls, history, messages, recordings and keys are deleted in the background. This
     * cannot be undone. A customer that is not suspended fails with FAILED_PRECONDITION `CUSTOMER_NOT_SUSPENDED`. For
     * operators.
     * </pre>
     */
    public com.google.common.util.concurrent.ListenableFuture<dev.ringdown.v1.DeleteCustomerResponse> deleteCustomer(
        dev.ringdown.v1.DeleteCustomerRequest request) {
      return io.grpc.stub.ClientCalls.futureUnaryCall(
          getChannel().newCall(getDeleteCustomerMethod(), getCallOptions()), request);
    }
  }

  private static final int METHODID_GET_CUSTOMER = 0;
  private static final int METHODID_UPDATE_CUSTOMER = 1;
  private static final int METHODID_LIST_CUSTOMERS = 2;
  private static final int METHODID_CREATE_CUSTOMER = 3;
  private static final int METHODID_GET_CUSTOMER_USE = 4;
  private static final int METHODID_UPDATE_CUSTOMER_LIMITS = 5;
  private static final int METHODID_SUSPEND_CUSTOMER = 6;
  private static final int METHODID_RESUME_CUSTOMER = 7;
  private static final int METHODID_DELETE_CUSTOMER = 8;

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
        case METHODID_GET_CUSTOMER:
          serviceImpl.getCustomer((dev.ringdown.v1.GetCustomerRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCustomerResponse>) responseObserver);
          break;
        case METHODID_UPDATE_CUSTOMER:
          serviceImpl.updateCustomer((dev.ringdown.v1.UpdateCustomerRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateCustomerResponse>) responseObserver);
          break;
        case METHODID_LIST_CUSTOMERS:
          serviceImpl.listCustomers((dev.ringdown.v1.ListCustomersRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ListCustomersResponse>) responseObserver);
          break;
        case METHODID_CREATE_CUSTOMER:
          serviceImpl.createCustomer((dev.ringdown.v1.CreateCustomerRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.CreateCustomerResponse>) responseObserver);
          break;
        case METHODID_GET_CUSTOMER_USE:
          serviceImpl.getCustomerUse((dev.ringdown.v1.GetCustomerUseRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.GetCustomerUseResponse>) responseObserver);
          break;
        case METHODID_UPDATE_CUSTOMER_LIMITS:
          serviceImpl.updateCustomerLimits((dev.ringdown.v1.UpdateCustomerLimitsRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.UpdateCustomerLimitsResponse>) responseObserver);
          break;
        case METHODID_SUSPEND_CUSTOMER:
          serviceImpl.suspendCustomer((dev.ringdown.v1.SuspendCustomerRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.SuspendCustomerResponse>) responseObserver);
          break;
        case METHODID_RESUME_CUSTOMER:
          serviceImpl.resumeCustomer((dev.ringdown.v1.ResumeCustomerRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.ResumeCustomerResponse>) responseObserver);
          break;
        case METHODID_DELETE_CUSTOMER:
          serviceImpl.deleteCustomer((dev.ringdown.v1.DeleteCustomerRequest) request,
              (io.grpc.stub.StreamObserver<dev.ringdown.v1.DeleteCustomerResponse>) responseObserver);
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
          getGetCustomerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetCustomerRequest,
              dev.ringdown.v1.GetCustomerResponse>(
                service, METHODID_GET_CUSTOMER)))
        .addMethod(
          getUpdateCustomerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UpdateCustomerRequest,
              dev.ringdown.v1.UpdateCustomerResponse>(
                service, METHODID_UPDATE_CUSTOMER)))
        .addMethod(
          getListCustomersMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ListCustomersRequest,
              dev.ringdown.v1.ListCustomersResponse>(
                service, METHODID_LIST_CUSTOMERS)))
        .addMethod(
          getCreateCustomerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.CreateCustomerRequest,
              dev.ringdown.v1.CreateCustomerResponse>(
                service, METHODID_CREATE_CUSTOMER)))
        .addMethod(
          getGetCustomerUseMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.GetCustomerUseRequest,
              dev.ringdown.v1.GetCustomerUseResponse>(
                service, METHODID_GET_CUSTOMER_USE)))
        .addMethod(
          getUpdateCustomerLimitsMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.UpdateCustomerLimitsRequest,
              dev.ringdown.v1.UpdateCustomerLimitsResponse>(
                service, METHODID_UPDATE_CUSTOMER_LIMITS)))
        .addMethod(
          getSuspendCustomerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.SuspendCustomerRequest,
              dev.ringdown.v1.SuspendCustomerResponse>(
                service, METHODID_SUSPEND_CUSTOMER)))
        .addMethod(
          getResumeCustomerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.ResumeCustomerRequest,
              dev.ringdown.v1.ResumeCustomerResponse>(
                service, METHODID_RESUME_CUSTOMER)))
        .addMethod(
          getDeleteCustomerMethod(),
          io.grpc.stub.ServerCalls.asyncUnaryCall(
            new MethodHandlers<
              dev.ringdown.v1.DeleteCustomerRequest,
              dev.ringdown.v1.DeleteCustomerResponse>(
                service, METHODID_DELETE_CUSTOMER)))
        .build();
  }

  private static abstract class CustomerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoFileDescriptorSupplier, io.grpc.protobuf.ProtoServiceDescriptorSupplier {
    CustomerServiceBaseDescriptorSupplier() {}

    @java.lang.Override
    public com.google.protobuf.Descriptors.FileDescriptor getFileDescriptor() {
      return dev.ringdown.v1.CustomerServiceProto.getDescriptor();
    }

    @java.lang.Override
    public com.google.protobuf.Descriptors.ServiceDescriptor getServiceDescriptor() {
      return getFileDescriptor().findServiceByName("CustomerService");
    }
  }

  private static final class CustomerServiceFileDescriptorSupplier
      extends CustomerServiceBaseDescriptorSupplier {
    CustomerServiceFileDescriptorSupplier() {}
  }

  private static final class CustomerServiceMethodDescriptorSupplier
      extends CustomerServiceBaseDescriptorSupplier
      implements io.grpc.protobuf.ProtoMethodDescriptorSupplier {
    private final java.lang.String methodName;

    CustomerServiceMethodDescriptorSupplier(java.lang.String methodName) {
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
      synchronized (CustomerServiceGrpc.class) {
        result = serviceDescriptor;
        if (result == null) {
          serviceDescriptor = result = io.grpc.ServiceDescriptor.newBuilder(SERVICE_NAME)
              .setSchemaDescriptor(new CustomerServiceFileDescriptorSupplier())
              .addMethod(getGetCustomerMethod())
              .addMethod(getUpdateCustomerMethod())
              .addMethod(getListCustomersMethod())
              .addMethod(getCreateCustomerMethod())
              .addMethod(getGetCustomerUseMethod())
              .addMethod(getUpdateCustomerLimitsMethod())
              .addMethod(getSuspendCustomerMethod())
              .addMethod(getResumeCustomerMethod())
              .addMethod(getDeleteCustomerMethod())
              .build();
        }
      }
    }
    return result;
  }
}
