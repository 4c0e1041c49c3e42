using System.Globalization;
using System.Text;
using Google.Protobuf;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ProviderAgent.Chain.Grpc;
using ProviderAgent.Devnet.Hosting;
using ProviderAgent.Devnet.Rpc;
using RpcException = ProviderAgent.Chain.Grpc.RpcException;

namespace ProviderAgent.Devnet.Grpc;

/// <summary>gRPC on HTTP/2: one message in, one message out, the status in trailers, or at the head when nothing was answered.</summary>
internal sealed partial class GrpcEndpoints(GrpcMethods methods, DevnetFaults faults, long maxRequestBytes, long maxAnswerBytes, ILogger logger)
{
    private const string ContentType = "application/grpc";
    private const string HeightHeader = "x-cosmos-block-height";

    /// <summary>Answers what is gRPC and leaves everything else to others.</summary>
    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        if (!HttpProtocol.IsHttp2(context.Request.Protocol))
        {
            await next(context);
            return;
        }

        if (context.Request.ContentType?.StartsWith(ContentType, StringComparison.Ordinal) != true)
        {
            context.Response.StatusCode = StatusCodes.Status415UnsupportedMediaType;
            return;
        }

        try
        {
            var (answer, height) = await RunAsync(context);
            await faults.WaitUntilReleasedAsync(context.RequestAborted);
            context.Response.ContentType = ContentType;
            if (height > 0) context.Response.Headers[HeightHeader] = height.ToString(CultureInfo.InvariantCulture);
            await context.Response.Body.WriteAsync(GrpcFrame.Write(answer.ToByteArray()), context.RequestAborted);
            context.Response.AppendTrailer("grpc-status", "0");
        }
        catch (RpcException e)
        {
            await faults.WaitUntilReleasedAsync(context.RequestAborted);
            context.Response.ContentType = ContentType;
            context.Response.Headers["grpc-status"] = ((int)e.Status.StatusCode).ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = Encode(e.Status.Detail);
        }
        catch (ReplyDroppedException)
        {
            context.Abort();
        }
    }

    private async Task<(IMessage Answer, long Height)> RunAsync(HttpContext context)
    {
        var request = await GrpcFrame.ReadAsync(context.Request.Body, maxRequestBytes, context.RequestAborted)
            ?? throw new RpcException(new(StatusCode.Internal, "the request holds no message"), isFromServer: true);
        var wanted = context.Request.Headers[HeightHeader].ToString();
        long height = 0;
        if (wanted.Length > 0 && !long.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out height))
        {
            throw new RpcException(new(StatusCode.InvalidArgument, $"invalid height header {HeightHeader}: {wanted}"), isFromServer: true);
        }

        try
        {
            var (answer, at) = methods.Answer(context.Request.Path.Value ?? "", request, height);
            return answer.CalculateSize() <= maxAnswerBytes
                ? (answer, at)
                : throw new RpcException(new(StatusCode.ResourceExhausted, $"the answer is longer than {maxAnswerBytes} bytes; ask for less"), isFromServer: true);
        }
        catch (Exception e) when (e is not (RpcException or ReplyDroppedException or OperationCanceledException))
        {
            Log.CallFailed(logger, e);
            throw new RpcException(new(StatusCode.Internal, "panic"), isFromServer: true);
        }
    }

    /// <summary>Words in a header: printable ASCII as it is, everything else as bytes in percent form.</summary>
    private static string Encode(string text)
    {
        var encoded = new StringBuilder();
        foreach (var unit in Encoding.UTF8.GetBytes(text))
        {
            if (unit is >= 0x20 and <= 0x7e and not (byte)'%') encoded.Append((char)unit);
            else encoded.Append(CultureInfo.InvariantCulture, $"%{unit:X2}");
        }

        return encoded.ToString();
    }

    private static partial class Log
    {
        [LoggerMessage(9511, LogLevel.Error, "A gRPC call failed inside the local chain; the caller got an internal error", EventName = "GrpcCallFailed")]
        public static partial void CallFailed(ILogger logger, Exception error);
    }
}
