namespace BlazorChat.Moderation;

/// <summary>Wires up moderation.</summary>
public static class ModerationSetup
{
    /// <summary>Adds moderation. Needs <c>AddMessages</c> and <c>AddNotifications</c>.</summary>
    public static IServiceCollection AddModeration(this IServiceCollection services) => services;
}
