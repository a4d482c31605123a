<?php
/**
 * Fills an empty WordPress: one post, and the user that Tribune is. Prints its application password.
 * Run in the site's folder; the first argument is the database's socket.
 */

// The installation would announce the new site by mail.
function wp_new_blog_notification() {}

( new mysqli( 'localhost', 'root', '', '', 0, $argv[1] ) )->query( 'CREATE DATABASE wordpress CHARACTER SET utf8mb4' );

define( 'WP_INSTALLING', true );
require 'wp-load.php';
require_once ABSPATH . 'wp-admin/includes/upgrade.php';

wp_install( 'Le blog de Garance', 'admin', 'admin@blog.example', true, '', wp_generate_password() );
update_option( 'comment_previously_approved', '0' );
update_option( 'comment_moderation', '0' );
update_option( 'thread_comments_depth', '5' );

$user = wp_insert_user(
	array(
		'user_login'   => 'tribune',
		'user_pass'    => wp_generate_password(),
		'user_email'   => 'tribune@blog.example',
		'display_name' => "L'équipe Garance",
		'role'         => 'editor',
	)
);
$made = WP_Application_Passwords::create_new_application_password( $user, array( 'name' => 'Tribune' ) );
echo "\n", $made[0], "\n";
