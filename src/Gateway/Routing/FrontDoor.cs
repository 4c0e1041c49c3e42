using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ProviderAgent.Marketplace;

namespace ProviderAgent.Gateway;

/// <summary>Takes every request: finds its route, who calls and whether they may, and answers what goes wrong.</summary>
internal sealed partial class FrontDoor(RouteTable routes, Authenticator authenticator, IMarketplace market, GatewayMetrics metrics, TimeProvider time, ILogger<FrontDoor> log)
{
    private const string NoRoute = "none";
    private const int CallerGone = 0;

    public async Task HandleAsync(HttpContext http)
    {
        var (route, isPathKnown, values) = routes.Find(http.Request.Method, http.Request.Path.Value ?? "");
        var started = time.GetTimestamp();
        var status = CallerGone;
        try
        {
            if (route is not null) await AnswerAsync(http, route, values);
            else if (isPathKnown) await Answers.EmptyAsync(http.Response, StatusCodes.Status405MethodNotAllowed);
            else await Answers.TextAsync(http.Response, StatusCodes.Status404NotFound, "404 page not found", http.RequestAborted);
            status = http.Response.StatusCode;
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            Log.CallerGone(log, route?.Name ?? NoRoute);
        }
        finally
        {
            metrics.RequestEnded(route?.Name ?? NoRoute, status);
            if (status != StatusCodes.Status101SwitchingProtocols) metrics.RequestTook(route?.Name ?? NoRoute, time.GetElapsedTime(started));
        }
    }

    private async Task AnswerAsync(HttpContext http, IRoute route, IReadOnlyDictionary<string, string> values)
    {
        var response = http.Response;
        var ct = http.RequestAborted;
        try
        {
            if (await AdmitAsync(http, route, values, ct) is { } call) await route.HandleAsync(call, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception e) when (response.HasStarted)
        {
            Log.AnswerBroken(log, route.Name, e);
            http.Abort(); // half an answer is on its way: the caller has to see that it ends there
        }
        catch (BadHttpRequestException e)
        {
            await Answers.TextAsync(response, e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "request body too large" : "bad request", ct);
        }
        catch (Exception e) when (e is BackendUnavailableException or MarketUnavailableException)
        {
            Log.BackendUnavailable(log, route.Name, e);
            await Answers.TextAsync(response, StatusCodes.Status503ServiceUnavailable, e.Message, ct);
        }
        catch (Exception e)
        {
            Log.RequestFailed(log, route.Name, e);
            await Answers.TextAsync(response, StatusCodes.Status500InternalServerError, "internal error", ct);
        }
    }

    /// <summary>Null when the request is answered already, because it may not go on.</summary>
    private async Task<RouteCall?> AdmitAsync(HttpContext http, IRoute route, IReadOnlyDictionary<string, string> values, CancellationToken ct)
    {
        var caller = await authenticator.AuthenticateAsync(http.Request.Headers.Authorization, ct);
        if (caller is not Caller.Known { Access: var access })
        {
            var refused = (Caller.Refused)caller;
            await Answers.MessageAsync(http.Response, refused.Status, refused.Message, ct);
            return null;
        }

        if (route.Target == RouteTarget.Public) return new(http, default, "");
        if (!access.CoversProvider(market.Account) || access.Issuer is not { } owner) return await DenyAsync(http, ct);
        if (route.Target == RouteTarget.Tenant) return new(http, new(new(owner, 0, 0, 0), market.Account), "") { Access = access };
        if (ReadIds(route, values, out var ids) is { } problem)
        {
            await Answers.TextAsync(http.Response, StatusCodes.Status400BadRequest, problem, ct);
            return null;
        }

        var lease = route.Target == RouteTarget.Lease ? (ids.Gseq, ids.Oseq) : ((uint, uint)?)null;
        if (!access.Covers(market.Account, ids.Dseq, lease)) return await DenyAsync(http, ct);
        if (route.CheckQuery(http.Request) is { } query)
        {
            await Answers.TextAsync(http.Response, StatusCodes.Status400BadRequest, query, ct);
            return null;
        }

        if (!access.Allows(route.Scope, market.Account, ids.Dseq, lease)) return await DenyAsync(http, ct);
        return new(http, new(new(owner, ids.Dseq, ids.Gseq, ids.Oseq), market.Account), values.GetValueOrDefault("{service}", ""));
    }

    private static string? ReadIds(IRoute route, IReadOnlyDictionary<string, string> values, out (ulong Dseq, uint Gseq, uint Oseq) ids)
    {
        ids = default;
        if (PathNumber.TryRead(values["{dseq}"], ulong.MaxValue, out ids.Dseq) is { } problem) return problem;
        if (route.Target != RouteTarget.Lease) return null;
        if (PathNumber.TryRead(values["{gseq}"], uint.MaxValue, out var gseq) is { } noGroup) return noGroup;
        if (PathNumber.TryRead(values["{oseq}"], uint.MaxValue, out var oseq) is { } noOrder) return noOrder;
        (ids.Gseq, ids.Oseq) = ((uint)gseq, (uint)oseq);
        return null;
    }

    private async Task<RouteCall?> DenyAsync(HttpContext http, CancellationToken ct)
    {
        metrics.TokenRefused("access");
        await Answers.MessageAsync(http.Response, StatusCodes.Status401Unauthorized, "unauthorized access", ct);
        return null;
    }

    private static partial class Log
    {
        [LoggerMessage(6201, LogLevel.Error, "A request to {Route} failed unexpectedly; the caller got an error", EventName = "RequestFailed")]
        public static partial void RequestFailed(ILogger logger, string route, Exception error);

        [LoggerMessage(6202, LogLevel.Debug, "A request to {Route} could not be answered now; the caller may repeat it", EventName = "BackendUnavailable")]
        public static partial void BackendUnavailable(ILogger logger, string route, Exception error);

        [LoggerMessage(6203, LogLevel.Debug, "The caller of {Route} went away before the answer", EventName = "CallerGone")]
        public static partial void CallerGone(ILogger logger, string route);

        [LoggerMessage(6204, LogLevel.Warning, "An answer of {Route} broke off; the connection is closed", EventName = "AnswerBroken")]
        public static partial void AnswerBroken(ILogger logger, string route, Exception error);
    }
}
