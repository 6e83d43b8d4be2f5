using BlazorChat.Accounts;

namespace BlazorChat.Rooms;

/// <summary>Registers the services of rooms.</summary>
public static class RoomsSetup
{
    /// <summary>Adds rooms, memberships and read pointers.</summary>
    public static IServiceCollection AddRooms(this IServiceCollection services) => services
        .AddSingleton<INewcomerWelcome, DefaultRooms>()
        .AddSingleton<RoomService>()
        .AddSingleton<MembershipService>()
        .AddSingleton<RoomModeration>()
        .AddSingleton<RoomQueries>()
        .AddSingleton<RoomDirectory>()
        .AddSingleton<RoomWatch>()
        .AddSingleton<BlockService>()
        .AddSingleton<OwnMutes>()
        .AddSingleton<PastSilences>()
        .AddSingleton<RoomRetention>()
        .AddSingleton<ReadPointers>()
        .AddHostedService(provider => provider.GetRequiredService<ReadPointers>());
}
