using BlazorChat.Accounts;
using Microsoft.AspNetCore.SignalR;

namespace BlazorChat.Api.Hub;

/// <summary>Tells callers why a call was refused, in words, and tells the log what really failed.</summary>
internal sealed class HubErrors(ILogger<ChatHub> logger) : IHubFilter
{
    public async ValueTask<object?> InvokeMethodAsync(HubInvocationContext invocationContext, Func<HubInvocationContext, ValueTask<object?>> next)
    {
        try
        {
            return await next(invocationContext);
        }
        catch (RefusedException refused)
        {
            throw new HubException(refused.Message);
        }
        catch (Exception) when (invocationContext.Context.ConnectionAborted.IsCancellationRequested)
        {
            throw new HubException("The connection has ended.");
        }
        catch (Exception exception) when (exception is not HubException)
        {
            logger.LogError(exception, "{Method} failed.", invocationContext.HubMethodName);
            throw new HubException("Something went wrong on the server.");
        }
    }
}
